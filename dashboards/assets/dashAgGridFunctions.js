// Functions that AG Grid calls by name.
var dagfuncs = (window.dashAgGridFunctions = window.dashAgGridFunctions || {});

dagfuncs.comparerCases = function (a, b) {
  var x = a && a.v !== null && a.v !== undefined ? a.v : -1;
  var y = b && b.v !== null && b.v !== undefined ? b.v : -1;
  return x - y;
};

dagfuncs.themeInfocentre = function (theme) {
  return theme.withParams({
    fontFamily: "Marianne, arial, sans-serif",
    fontSize: 13,
    headerFontSize: 12,
    accentColor: "#000091",
    headerBackgroundColor: "#f5f5fe",
    borderRadius: 0,
    wrapperBorderRadius: 0,
    rowVerticalPaddingScale: 0.8,
  });
};
