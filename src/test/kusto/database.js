'use strict';

/** A database with exactly the given tables and functions, plus Kusto's own functions. */
function globals(language, job) {
    const symbols = language.Symbols;
    const tables = job.tables.map(table => new symbols.TableSymbol.$ctor7(table.name, schema(table.columns), null));
    const functions = job.functions.map(one =>
        new symbols.FunctionSymbol.$ctor16(one.name, one.parameters || '()', '{\n' + one.text + '\n}', null));
    const database = new symbols.DatabaseSymbol.ctor('workspace', [...tables, ...functions]);
    return language.GlobalState.Default.WithDatabase(database);
}

function schema(columns) {
    return '(' + columns.map(column => `['${column.name}']:${kusto(column.type)}`).join(', ') + ')';
}

/** Azure Monitor's name of a type as Kusto's. */
function kusto(type) {
    return type === 'boolean' ? 'bool' : type;
}

module.exports = {globals, kusto};
