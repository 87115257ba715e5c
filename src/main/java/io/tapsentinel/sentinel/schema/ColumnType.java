package io.tapsentinel.sentinel.schema;

import java.util.Locale;

/** The column types that the four tables use, a subset of those that a data collection rule's stream may declare. */
public enum ColumnType {
    /** Text of any length; Azure Monitor cuts what is longer than 64 KB. */
    STRING,
    /** Kusto's int: 32 bits with a sign. */
    INT,
    /** An instant, in a record ISO 8601 in UTC; years 0001 to 9999. */
    DATETIME,
    BOOLEAN,
    /** Any JSON value. */
    DYNAMIC;

    /** The type in the lower-case spelling of schema files and data collection rules: {@code "datetime"}. */
    public String keyword() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The type with that keyword.
     *
     * @throws IllegalArgumentException when there is none
     */
    public static ColumnType of(String keyword) {
        for (ColumnType type : values()) {
            if (type.keyword().equals(keyword)) {
                return type;
            }
        }
        throw new IllegalArgumentException(
                "column type " + keyword + " is none of string, int, datetime, boolean, dynamic");
    }
}
