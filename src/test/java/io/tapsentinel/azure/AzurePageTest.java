package io.tapsentinel.azure;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The deployment page matches the template. */
class AzurePageTest {

    private static final JsonNode TEMPLATE = Templates.template();

    @Test
    void pageListsEveryParameterWithItsDefault() throws IOException {
        Map<String, String> defaults = new LinkedHashMap<>();
        TEMPLATE.required("parameters")
                .properties()
                .forEach(p -> defaults.put(p.getKey(), words(p.getValue().path("defaultValue"))));
        assertThat(rows("| parameter |")).containsExactlyEntriesOf(defaults);
    }

    @Test
    void everyOutputIsAPropertyOfTheProgram() throws IOException {
        Properties properties = new Properties();
        try (Reader file = Files.newBufferedReader(Path.of("application.properties"))) {
            properties.load(file);
        }
        Map<String, String> outputs = rows("| output |");
        assertThat(outputs.keySet())
                .containsExactlyElementsOf(() -> TEMPLATE.required("outputs").fieldNames());
        outputs.forEach((output, property) -> {
            assertThat(properties).containsKey(property);
            assertThat(output.toLowerCase(Locale.ROOT))
                    .isEqualTo(property.replaceAll("[.-]", "").toLowerCase(Locale.ROOT));
            assertThat(TEMPLATE.at("/outputs/" + output + "/metadata/description")
                            .textValue())
                    .endsWith(" " + property);
        });
    }

    @Test
    void commandsUseExistingParametersOutputsAndResources() throws IOException {
        String page = Files.readString(Path.of("src/site/markdown/azure.md"));
        assertThat(found(page, "[ `](\\w+)=(?:\"\\$|true`? |true\n|false`)"))
                .filteredOn(name -> !name.contains("_"))
                .isNotEmpty()
                .allMatch(name -> TEMPLATE.required("parameters").has(name));
        assertThat(found(page, "\\(outputs (\\w+)\\)"))
                .containsExactlyElementsOf(() -> TEMPLATE.required("outputs").fieldNames());
        assertThat(found(page, "(Microsoft\\.Insights/data\\w+)"))
                .isNotEmpty()
                .allMatch(type ->
                        TEMPLATE.required("resources").findValuesAsText("type").contains(type));
    }

    private static List<String> found(String page, String pattern) {
        return Pattern.compile(pattern)
                .matcher(page)
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    private static String words(JsonNode value) {
        if (value.isMissingNode()) {
            return "required";
        }
        return value.asText().equals("[resourceGroup().location]") ? "the group's" : value.asText();
    }

    /** The first two cells of each row of the table with this heading, without back-ticks. */
    private static Map<String, String> rows(String head) throws IOException {
        Map<String, String> rows = new LinkedHashMap<>();
        Files.readAllLines(Path.of("src/site/markdown/azure.md")).stream()
                .dropWhile(line -> !line.startsWith(head))
                .skip(2)
                .takeWhile(line -> line.startsWith("|"))
                .map(line -> line.replace("`", "").split("\\|"))
                .forEach(cells -> rows.put(cells[1].strip(), cells[2].strip()));
        return rows;
    }
}
