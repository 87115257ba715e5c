'use strict';

const {walk} = require('./language');

/** Operators after which a row still belongs to its table. */
const ROW_BY_ROW = ['FilterOperator', 'ExtendOperator'];

/** Finds each ingestion_time() that is null because it does not apply to a table's own rows (after union, summarize, join, ...). */
function findings(code) {
    const found = [];
    walk(code, (node, kind) => {
        if (kind === 'FunctionCallExpression' && node.Name.SimpleName === 'ingestion_time' && !ofTable(node)) {
            found.push({start: node.TextStart, code: 'INGESTION',
                message: 'ingestion_time() is null here: call it on a table, after nothing but where and extend'});
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
