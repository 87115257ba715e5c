package io.tapsentinel.sentinel.schema;

import java.util.Arrays;
import java.util.List;

/**
 * One line of a mapping table: {@code kind | column | value as JSON | expected JSON}, where the kind is value, odd (an odd
 * spelling), wrong (a wrong type) or null, "absent" means that the record lacks the column, and a {@code !} before the
 * expectation that the value is reported as lossy.
 */
record MappingCase(String kind, String column, String value, String expected, boolean lossy) {

    static List<MappingCase> parse(String table) {
        return table.lines()
                .filter(line -> !line.isBlank())
                .map(MappingCase::line)
                .toList();
    }

    private static MappingCase line(String line) {
        List<String> parts = Arrays.stream(line.split("\\|")).map(String::strip).toList();
        if (parts.size() != 4) {
            throw new IllegalArgumentException("not four parts: " + line);
        }
        boolean lossy = parts.get(3).startsWith("!");
        return new MappingCase(
                parts.get(0),
                parts.get(1),
                parts.get(2),
                parts.get(3).substring(lossy ? 1 : 0).strip(),
                lossy);
    }
}
