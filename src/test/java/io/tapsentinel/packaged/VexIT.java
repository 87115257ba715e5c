package io.tapsentinel.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tapsentinel.testing.Tool;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.cyclonedx.Version;
import org.cyclonedx.parsers.JsonParser;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every statement about an advisory agrees with the shipped program. */
class VexIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path PROJECT = Path.of(System.getProperty("user.dir"));
    private static final File VEX =
            PROJECT.resolve("src/main/vex/tap-sentinel-vex.json").toFile();
    private static final Pattern REF = Pattern.compile("pkg:maven/[^/]+/([^@]+)@([^?]+)\\?type=jar");
    private static final Pattern JAR = Pattern.compile("(.+?)-(\\d.*)\\.jar");

    private final Map<String, String> shipped = new TreeMap<>();
    private JsonNode vex;

    @BeforeEach
    void read() throws IOException {
        vex = JSON.readTree(VEX);
        try (Stream<Path> libraries = Files.list(PROJECT.resolve("target/lib"))) {
            libraries.map(file -> JAR.matcher(file.getFileName().toString())).forEach(jar -> {
                assertThat(jar.matches()).isTrue();
                shipped.put(jar.group(1), jar.group(2));
            });
        }
    }

    @Test
    void theDocumentIsValid() throws IOException {
        assertThat(new JsonParser().validate(VEX, Version.VERSION_16)).isEmpty();
    }

    @Test
    void everyStatementIsAboutTheShippedVersion() {
        for (JsonNode statement : statements(null)) {
            assertThat(refs(statement)).as(id(statement)).isNotEmpty().allSatisfy(ref -> {
                Matcher library = REF.matcher(ref);
                assertThat(library.matches()).as(ref).isTrue();
                assertThat(library.group(2))
                        .as(ref)
                        .isEqualTo(
                                library.group(1).equals("tap-sentinel")
                                        ? vex.at("/metadata/component/version").textValue()
                                        : shipped.get(library.group(1)));
            });
        }
    }

    @Test
    void everyLibraryInItIsShipped() throws IOException {
        Path list = PROJECT.resolve("target/tap-sentinel-sbom.json");
        Tool.require(Files.exists(list), "Maven leaves the list of what is in it out when it is offline (-o)");
        JsonNode bom = JSON.readTree(list.toFile());
        List<String> known = Stream.concat(
                        Stream.of(bom.at("/metadata/component/bom-ref").textValue()),
                        stream(bom.get("components"))
                                .map(component -> component.get("bom-ref").textValue()))
                .toList();
        assertThat(statements(null)).allSatisfy(statement -> assertThat(known).containsAll(refs(statement)));
    }

    @Test
    void eachResolvedComponentHasAtLeastTheFixedVersion() {
        assertThat(statements("resolved"))
                .hasSizeGreaterThan(40)
                .allSatisfy(statement -> assertThat(refs(statement)).allSatisfy(ref -> {
                    Matcher library = REF.matcher(ref);
                    assertThat(library.matches()).as(ref).isTrue();
                    assertThat(Arrays.compare(
                                    numbers(shipped.get(library.group(1))),
                                    numbers(values(statement, "fixed-in").get(0))))
                            .as(id(statement) + " in " + ref)
                            .isNotNegative();
                }));
    }

    @Test
    void componentsCalledAbsentAreNotShipped() {
        List<String> absent = statements("not_affected").stream()
                .flatMap(statement -> values(statement, "absent").stream())
                .toList();
        assertThat(absent).contains("c3p0", "mchange-commons-java", "vertx-auth-jwt");
        assertThat(shipped).doesNotContainKeys(absent.toArray(String[]::new));
    }

    @Test
    void camelsServersUseNoAuthentication() throws IOException {
        assertThat(Files.readString(PROJECT.resolve("application.properties")))
                .contains("camel.management.")
                .doesNotContainIgnoringCase("authentication")
                .doesNotContainIgnoringCase("jwt");
    }

    @Test
    void everyStatementNamesAnExistingTest() throws IOException {
        for (JsonNode statement : statements(null)) {
            String[] proof = values(statement, "proved-by").get(0).split("#");
            try (Stream<Path> sources = Files.walk(PROJECT.resolve("src/test/java"))) {
                Path source = sources.filter(file -> file.endsWith(proof[0] + ".java"))
                        .findFirst()
                        .orElseThrow(() -> new AssertionError(id(statement) + ": there is no " + proof[0]));
                assertThat(Files.readString(source)).as(id(statement)).contains("void " + proof[1] + "(");
            }
            assertThat(statement.at("/analysis/justification").isMissingNode())
                    .as(id(statement) + " says why")
                    .isEqualTo(state(statement).equals("resolved"));
        }
    }

    private List<JsonNode> statements(String state) {
        return stream(vex.get("vulnerabilities"))
                .filter(statement -> state == null || state.equals(state(statement)))
                .toList();
    }

    private static String state(JsonNode statement) {
        return statement.at("/analysis/state").textValue();
    }

    private static String id(JsonNode statement) {
        return statement.get("id").textValue();
    }

    private static List<String> refs(JsonNode statement) {
        return stream(statement.get("affects"))
                .map(affected -> affected.get("ref").textValue())
                .toList();
    }

    private static List<String> values(JsonNode statement, String property) {
        return stream(statement.get("properties"))
                .filter(one -> one.get("name").textValue().equals("tap-sentinel:" + property))
                .map(one -> one.get("value").textValue())
                .toList();
    }

    private static Stream<JsonNode> stream(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    /** Of 4.1.137.Final: 4, 1, 137. */
    private static int[] numbers(String version) {
        return Arrays.stream(version.split("\\."))
                .takeWhile(part -> part.matches("\\d+"))
                .mapToInt(Integer::parseInt)
                .toArray();
    }
}
