'use strict';

const path = require('path');

/**
 * Loads the Kusto language service from its npm folder. It is C# compiled for browsers: its files define the globals Bridge, System and
 * Kusto, and the runtime must be loaded first.
 */
function load(folder) {
    require(path.join(folder, 'bridge.js'));
    require(path.join(folder, 'Kusto.Language.Bridge.js'));
    return global.Kusto.Language;
}

/** A list of the service as an array, empty if absent. */
function array(list) {
    return list ? Array.from({length: global.System.Array.getCount(list)}, (none, i) => global.System.Array.getItem(list, i)) : [];
}

/** Columns of a tabular type as {name, type}; empty for other types. */
function columns(type) {
    return array(type && type.Columns).map(column => ({name: column.Name, type: column.Type.Name}));
}

/** Calls the visitor with every syntax node and the simple name of its class, such as BinaryExpression. */
function walk(code, visitor) {
    global.Kusto.Language.Syntax.SyntaxElement.WalkNodes(code.Syntax, node => visitor(node, node.constructor.$$name.split('.').pop()));
}

module.exports = {load, array, columns, walk};
