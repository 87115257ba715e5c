package io.tapsentinel.sentinel.schema;

/**
 * One column of a table.
 *
 * @param name its name; Azure Monitor compares it with its case
 * @param type its type
 * @param list whether a dynamic column holds a list of strings, so that a lone string becomes a list of one
 */
public record Column(String name, ColumnType type, boolean list) {

    public Column {
        if (list && type != ColumnType.DYNAMIC) {
            throw new IllegalArgumentException("column " + name + " is a list but not dynamic: " + type.keyword());
        }
    }
}
