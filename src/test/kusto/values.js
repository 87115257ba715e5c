'use strict';

const {array, walk} = require('./language');

const TESTS = ['BinaryExpression', 'InExpression', 'HasAnyExpression', 'HasAllExpression'];

/** Sorted strings that a query compares with: its filter values. */
function values(code) {
    const found = new Set();
    walk(code, (node, kind) => {
        if (TESTS.includes(kind)) {
            [node.Left, node.Right, ...array(node.Right.Expressions).map(one => one.Element$1 || one.Element || one)]
                .filter(one => one.constructor.$$name.endsWith('LiteralExpression') && one.ResultType && one.ResultType.Name === 'string')
                .forEach(one => found.add(one.LiteralValue));
        }
    });
    return [...found].sort();
}

module.exports = {values};
