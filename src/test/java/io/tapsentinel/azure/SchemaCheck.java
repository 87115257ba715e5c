package io.tapsentinel.azure;

import com.fasterxml.jackson.databind.JsonNode;
import io.tapsentinel.sentinel.schema.TableSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Whether a deployment has the tables and streams of the schemas, with their columns. */
final class SchemaCheck {

    private final List<String> problems = new ArrayList<>();

    private SchemaCheck() {}

    /** What is wrong, one line each that names the table or stream and the column; empty when all is well. */
    static List<String> problems(Deployment deployment, List<TableSchema> schemas) {
        SchemaCheck check = new SchemaCheck();
        Map<String, Deployment.Resource> tables = deployment.tables();
        JsonNode streams = deployment.rule().properties().required("streamDeclarations");
        TreeSet<String> unknown = new TreeSet<>(tables.keySet());
        streams.fieldNames().forEachRemaining(unknown::add);
        for (TableSchema schema : schemas) {
            unknown.remove(schema.table());
            unknown.remove(schema.stream());
            Deployment.Resource table = tables.get(schema.table());
            check.compare(
                    "table " + schema.table(),
                    table == null ? null : table.properties().required("schema"),
                    schema);
            check.compare("stream " + schema.stream(), streams.get(schema.stream()), schema);
        }
        unknown.forEach(name -> check.problems.add(name + " has no schema"));
        tables.forEach((name, table) ->
                check.sameName(name, table.properties().at("/schema/name").textValue()));
        return check.problems;
    }

    private void compare(String owner, JsonNode found, TableSchema schema) {
        if (found == null) {
            problems.add(owner + " is missing");
            return;
        }
        Map<String, String> columns = Columns.of(found.required("columns"));
        List<String> differences = Columns.differences(owner, columns, "its schema", Columns.of(schema));
        problems.addAll(
                differences.isEmpty()
                        ? Columns.disorder(owner, columns, "its schema", Columns.of(schema))
                        : differences);
    }

    private void sameName(String table, String schema) {
        if (!table.equals(schema)) {
            problems.add("table " + table + ": its schema is named " + schema);
        }
    }
}
