'use strict';

/** What queries are bound against: a database of exactly the given tables and functions, and the functions that Kusto itself has. */
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

/** Azure Monitor and Kusto call one type by two names. */
function kusto(type) {
    return type === 'boolean' ? 'bool' : type;
}

module.exports = {globals, kusto};
