"""What the files of a source say in the words of the contract, as people fixed it."""
