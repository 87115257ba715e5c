'use strict';

const path = require('path');

/**
 * Loads the Kusto language service from the folder that npm installed it to. It is C# compiled for browsers: its files define the
 * globals Bridge, System and Kusto, the runtime before the service.
 */
function load(folder) {
    require(path.join(folder, 'bridge.js'));
    require(path.join(folder, 'Kusto.Language.Bridge.js'));
    return global.Kusto.Language;
}

/** A list of the service as an array; an absent one is empty. */
function array(list) {
    return list ? Array.from({length: global.System.Array.getCount(list)}, (none, i) => global.System.Array.getItem(list, i)) : [];
}

/** Columns of a tabular type as {name, type}; none for a scalar or an unknown type. */
function columns(type) {
    return array(type && type.Columns).map(column => ({name: column.Name, type: column.Type.Name}));
}

/** Calls the visitor for every node of a query's syntax, with the simple name of its class: BinaryExpression, UnionOperator, ... */
function walk(code, visitor) {
    global.Kusto.Language.Syntax.SyntaxElement.WalkNodes(code.Syntax, node => visitor(node, node.constructor.$$name.split('.').pop()));
}

module.exports = {load, array, columns, walk};
