package io.tapsentinel.yamlroutes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import java.net.URL;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The route files are valid for the Camel that ships, and for the canonical notation, the only one that visual editors write. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RouteSchemasTest {

    private static final YAMLMapper YAML = new YAMLMapper();
    private final JsonSchema shipped = schema(JsonSchema.class.getResource("/schema/camelYamlDsl.json"));
    private final JsonSchema canonical = schema(Path.of("target/test-schemas/schema/camelYamlDsl-canonical.json")
            .toUri()
            .toURL());

    RouteSchemasTest() throws Exception {}

    static Map<String, String> files() {
        return RouteFiles.in(Path.of(RouteFiles.FOLDER)).texts();
    }

    static Iterable<String> names() {
        return files().keySet();
    }

    @ParameterizedTest
    @MethodSource("names")
    void fileIsValidForTheCamelThatShips(String name) throws Exception {
        assertThat(shipped.validate(YAML.readTree(files().get(name)))).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("names")
    void fileIsInCanonicalNotation(String name) throws Exception {
        assertThat(canonical.validate(YAML.readTree(files().get(name)))).isEmpty();
    }

    @Test
    void shortNotationIsNotCanonical() throws Exception {
        JsonNode text = YAML.readTree("- from: {uri: 'direct:a', steps: [{setBody: {constant: a}}]}");

        assertThat(shipped.validate(text)).isEmpty();
        assertThat(canonical.validate(text)).isNotEmpty();
    }

    private static JsonSchema schema(URL file) throws Exception {
        return JsonSchemaFactory.getInstance(VersionFlag.V4).getSchema(new ObjectMapper().readTree(file));
    }
}
