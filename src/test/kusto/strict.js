'use strict';

const {array, columns, walk} = require('./language');

const COMPARE = ['==', '!=', '<', '<=', '>', '>=', '=~', '!~'];
const NUMBERS = ['int', 'long', 'real', 'decimal'];
const OF_STRINGS = ['tolower', 'toupper', 'trim', 'split', 'extract', 'parse_url', 'strlen', 'substring', 'replace_string'];
const CHOOSE = ['iff', 'iif', 'case', 'coalesce'];
const RENAMED = /^(.+)_(string|bool|int|long|real|decimal|datetime|timespan|guid|dynamic)$/;

const RULES = {
    BinaryExpression(node, tell) {
        if (COMPARE.includes(node.Operator.Text)) {
            sameType(node.Left, node.Right, tell);
        }
    },
    InExpression(node, tell) {
        elements(node.Right).forEach(one => sameType(node.Left, one, tell));
    },
    BetweenExpression(node, tell) {
        const first = typeName(node.Right.First), second = typeName(node.Right.Second);
        sameType(node.Left, node.Right.First, tell);
        if (!(first === 'datetime' && second === 'timespan')) {
            sameType(node.Left, node.Right.Second, tell);
        }
    },
    FunctionCallExpression(node, tell) {
        const name = node.Name.SimpleName, given = elements(node.ArgumentList);
        if (OF_STRINGS.includes(name) && given.length > 0 && ![null, 'string'].includes(typeName(given[0]))) {
            tell(given[0], 'TYPES', `${words(given[0])} is ${typeName(given[0])}: ${name} takes a string`);
        }
        if (CHOOSE.includes(name) && typeName(node) === 'dynamic' && !given.some(one => typeName(one) === 'dynamic')) {
            tell(node, 'TYPES', `${name} chooses between ${given.map(typeName).join(', ')}: they must have one type`);
        }
    },
    UnionOperator: united,
    JoinOperator: united,
};

/**
 * Errors that the language service does not report: values of different types compared or chosen from, a dynamic compared without a cast,
 * a union of columns with one name and two types. Each is {start, code, message}.
 */
function findings(code) {
    const found = [];
    const tell = (at, name, message) => found.push({start: at.TextStart, code: name, message});
    walk(code, (node, kind) => RULES[kind] && RULES[kind](node, tell));
    return found;
}

function sameType(left, right, tell) {
    const types = [typeName(left), typeName(right)];
    const alike = types[0] === types[1] && types[0] !== 'dynamic' || types.every(type => NUMBERS.includes(type));
    if (!types.includes(null) && !alike) {
        tell(right, 'TYPES', `${words(left)} is ${types[0]} and ${words(right)} is ${types[1]}: both must have the same simple type`);
    }
}

/** Kusto renames a column that has different types in the operands; later uses of its name fail or read null. */
function united(node, tell) {
    const names = columns(node.ResultType).map(column => column.name);
    for (const name of names) {
        const parts = RENAMED.exec(name);
        if (parts && names.some(other => other !== name && (RENAMED.exec(other) || [])[1] === parts[1])) {
            tell(node, 'UNION', `column ${parts[1]} has different types in the operands: here it is ${name}`);
        }
    }
}

function elements(list) {
    return array(list.Expressions).map(separated => separated.Element$1 || separated.Element || separated);
}

/** Name of a scalar's type; null for a table or an expression already reported as an error. */
function typeName(expression) {
    const type = expression && expression.ResultType;
    return type && type.IsScalar && !['unknown', 'error', 'null'].includes(type.Name) ? type.Name : null;
}

function words(node) {
    return node.toString().trim().replace(/\s+/g, ' ');
}

module.exports = {findings};
