'use strict';

const {walk} = require('./language');

/** Operators that surely leave a row in the context of its table. */
const ROW_BY_ROW = ['FilterOperator', 'ExtendOperator'];

/** Every ingestion_time() that is not of a table's own rows: after a union, summarize, join, ... it is null. As {start, code, message}. */
function findings(code) {
    const found = [];
    walk(code, (node, kind) => {
        if (kind === 'FunctionCallExpression' && node.Name.SimpleName === 'ingestion_time' && !ofTable(node)) {
            found.push({start: node.TextStart, code: 'INGESTION',
                message: 'ingestion_time() is null here: take it from a table, before anything but where and extend'});
        }
    });
    return found;
}

function ofTable(call) {
    let operator = call;
    while (operator.Parent && !(name(operator.Parent) === 'PipeExpression' && operator.Parent.Operator === operator)) {
        operator = operator.Parent;
    }
    if (!operator.Parent || !ROW_BY_ROW.includes(name(operator))) {
        return false;
    }
    let rows = operator.Parent.Expression;
    while (name(rows) === 'PipeExpression' && ROW_BY_ROW.includes(name(rows.Operator))) {
        rows = rows.Expression;
    }
    return name(rows) === 'NameReference' && name(rows.ReferencedSymbol || rows) === 'TableSymbol';
}

function name(object) {
    return object.constructor.$$name.split('.').pop();
}

module.exports = {findings};
