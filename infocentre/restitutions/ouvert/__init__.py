"""Open data: what the bilans may tell of a département, as files that programs read and as pages.

Nothing is masked here: each cell is that of the shared tables (`lecture.partage`) or of the
bilan's indicators (`bilan.releve`), which the register of what was shared protects. A publication
is entered in that register too (`publications`): it may only be extended.
"""
