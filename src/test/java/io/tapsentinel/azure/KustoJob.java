package io.tapsentinel.azure;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * What the Kusto language service is to bind: queries, against a database of these tables and functions and nothing else.
 * Functions are bound like queries.
 */
record KustoJob(List<Table> tables, List<Query> functions, List<Query> queries) {

    /** A column; {@code type} in Azure Monitor's or Kusto's words, null where any type will do. */
    record Column(String name, String type) {}

    record Table(String name, List<Column> columns) {

        /** A table as its schema file declares it. */
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
     * @param file   what findings call it by
     * @param result columns that the result must have
     */
    record Query(String name, String file, String text, List<Column> result) {

        static Query of(String file, String text) {
            return new Query(null, file, text, List.of());
        }

        static Query function(String name, String file, String text) {
            return new Query(name, file, text, List.of());
        }

        /** The same query, whose result must have these columns. */
        Query giving(List<Column> columns) {
            return new Query(name, file, text, columns);
        }
    }
}
