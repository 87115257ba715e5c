package io.tapsentinel.azure;

import com.fasterxml.jackson.databind.JsonNode;
import io.tapsentinel.sentinel.schema.TableSchema;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Columns of a table, a stream or a schema: their types by name, in order. */
final class Columns {

    private Columns() {}

    /** The columns of a table or stream of the template. */
    static Map<String, String> of(JsonNode list) {
        Map<String, String> columns = new LinkedHashMap<>();
        for (JsonNode column : list) {
            if (columns.put(
                            column.required("name").textValue(),
                            column.required("type").textValue())
                    != null) {
                throw new IllegalArgumentException(
                        "column " + column.required("name").textValue() + " is declared twice");
            }
        }
        return columns;
    }

    /** The columns of a schema file. */
    static Map<String, String> of(TableSchema schema) {
        Map<String, String> columns = new LinkedHashMap<>();
        schema.columns()
                .values()
                .forEach(column -> columns.put(column.name(), column.type().keyword()));
        return columns;
    }

    /**
     * What sets columns apart from those they should be, one line each.
     *
     * @param owner what the columns belong to, to begin each line with
     * @param model whose columns they should be, to be named in each line
     */
    static List<String> differences(
            String owner, Map<String, String> columns, String model, Map<String, String> expected) {
        List<String> lines = new ArrayList<>();
        expected.forEach((name, type) -> {
            if (!columns.containsKey(name)) {
                lines.add(owner + ": no column " + name + ", which " + model + " has");
            } else if (!columns.get(name).equals(type)) {
                lines.add(owner + ": column " + name + " is " + columns.get(name) + ", in " + model + " it is " + type);
            }
        });
        columns.keySet().stream()
                .filter(name -> !expected.containsKey(name))
                .forEach(name -> lines.add(owner + ": column " + name + ", which " + model + " has not"));
        return lines;
    }

    /** The same for the order of columns that are otherwise equal; the first difference only. */
    static List<String> disorder(
            String owner, Map<String, String> columns, String model, Map<String, String> expected) {
        Iterator<String> names = columns.keySet().iterator();
        for (String name : expected.keySet()) {
            String found = names.hasNext() ? names.next() : "nothing";
            if (!found.equals(name)) {
                return List.of(owner + ": column " + found + " stands where " + model + " has " + name);
            }
        }
        return List.of();
    }
}
