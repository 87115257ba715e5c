package io.tapsentinel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page on configuration lists exactly the properties of application.properties, with their defaults. */
class ConfigurationPageTest {

    private static final Pattern ROW = Pattern.compile("\\| `([a-z0-9.-]+)` \\| (?:`([^`]*)` )?\\|.*");

    @Test
    void listsEveryPropertyOnceWithItsDefault() throws IOException {
        Properties properties = new Properties();
        try (Reader file = Files.newBufferedReader(Path.of("application.properties"))) {
            properties.load(file);
        }
        Map<String, String> defaults = new TreeMap<>();
        properties.stringPropertyNames().forEach(name -> defaults.put(name, withoutVariable(properties, name)));

        Map<String, String> listed = new TreeMap<>();
        for (String line : Files.readAllLines(Path.of("src/site/markdown/configuration.md"))) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                String before = listed.put(row.group(1), row.group(2) == null ? "" : row.group(2));
                assertThat(before).as("first row of %s", row.group(1)).isNull();
            }
        }

        assertThat(listed).isEqualTo(defaults);
    }

    /** Of {@code {{env:VARIABLE:default}}} the default. */
    private static String withoutVariable(Properties properties, String name) {
        return properties.getProperty(name).replaceAll("\\{\\{env:\\w+:(.*)}}", "$1");
    }
}
