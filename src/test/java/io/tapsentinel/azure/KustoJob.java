package io.tapsentinel.azure;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** Queries to bind against a database of exactly these tables and functions. The functions are bound too. */
record KustoJob(List<Table> tables, List<Query> functions, List<Query> queries) {

    /** A column; {@code type} is Azure Monitor's or Kusto's name, null for any type. */
    record Column(String name, String type) {}

    record Table(String name, List<Column> columns) {

        /** The table of a schema file. */
        static Table of(JsonNode schema, boolean optionalColumns) {
            List<Column> columns = new ArrayList<>();
            for (JsonNode column : schema.required("columns")) {
                if (optionalColumns || !column.path("optional").booleanValue()) {
                    columns.add(new Column(
                            column.required("name").textValue(),
                            column.required("type").textValue()));
                }
            }
            return new Table(schema.required("table").textValue(), columns);
        }
    }

    /**
     * A query, or the body of a function without parameters.
     *
     * @param name   the function's name; null for a query
     * @param file   its name in findings
     * @param result columns that the result must have
     */
    record Query(String name, String file, String text, List<Column> result) {

        static Query of(String file, String text) {
            return new Query(null, file, text, List.of());
        }

        static Query function(String name, String file, String text) {
            return new Query(name, file, text, List.of());
        }

        /** The same query; its result must have these columns. */
        Query giving(List<Column> columns) {
            return new Query(name, file, text, columns);
        }
    }
}
