package io.tapsentinel.yamlroutes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tapsentinel.event.EventType;
import io.tapsentinel.sandbox.SandboxSettings;
import io.tapsentinel.testing.LogLines;
import io.tapsentinel.testing.Programs;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.ScriptedServer;
import io.tapsentinel.testing.SimulatedServices;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The copy example in the whole program: it does not change the rows, and a failed copy fails its window. */
class CopiedEventsIT {

    private static final String ROUTE = "before-clicks-blocked";
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    @RegisterExtension
    final LogLines log = new LogLines();

    @AutoClose
    private SimulatedServices services;

    /** Rows of blocked clicks by url. */
    private final Map<String, JsonNode> rows = new ConcurrentHashMap<>();

    @BeforeEach
    void open() throws Exception {
        services = services("copying", rows);
    }

    @Test
    void copiesDoNotChangeTheRows() throws Exception {
        copyingTo("file:" + copies()).poll();

        assertRowsAsWithoutCopies();
        assertThat(services.rows()).isEqualTo(services.firstHour());
        assertThat(copies().toFile().listFiles()).hasSize(rows.size()).allSatisfy(copy -> {
            JsonNode event = JSON.readTree(copy);
            assertThat(event.get("GUID"))
                    .isEqualTo(rows.get(event.get("url").asText()).get("GUID"));
        });
    }

    @Test
    void deeplyNestedClickIsCopiedAndDelaysNoOther() throws Exception {
        String deep = "[".repeat(9_000) + "]".repeat(9_000);
        services.tapProxy()
                .rewriteText(body -> body.replaceFirst("\"clicksBlocked\":\\[\\{", "$0\"deep\":" + deep + ","));
        copyingTo("file:" + copies()).poll();

        assertThat(services.rows()).isEqualTo(services.firstHour());
        assertThat(copies().toFile().listFiles()).hasSize(rows.size());
        assertThat(copies()).isDirectoryContaining(copy -> text(copy).contains(deep));
    }

    @Test
    void unwritableCopyFolderFailsTheWindowAndNamesTheRoute() throws Exception {
        Files.createFile(copies());
        RunningProgram program = copyingTo("file:" + copies()).poll();

        assertFailed();
        Files.delete(copies());
        program.poll();

        assertRowsAsWithoutCopies();
        assertThat(services.rows()).isEqualTo(services.firstHour());
        assertThat(copies().toFile().list()).hasSize(rows.size());
    }

    @Test
    void unreachableCopyServerFailsTheWindowAndNamesTheRoute() throws Exception {
        try (ScriptedServer server = new ScriptedServer(services.ingestion().uri())) {
            RunningProgram program = copyingTo(server.uri() + "/copies");
            server.script(call -> ended -> {});
            program.poll();
            assertFailed();

            server.script(call -> refused -> refused.send(429, "too many copies"));
            program.poll();
            assertFailed();

            server.script(call -> answered -> answered.send(200, "taken"));
            program.poll();
        }

        assertRowsAsWithoutCopies();
        assertThat(services.rows()).isEqualTo(services.firstHour());
    }

    private void assertFailed() {
        assertThat(services.reads()).as("committed windows").isEmpty();
        assertThat(log.line("WARN", "UTC failed, ")).contains("direct:" + ROUTE).doesNotContain("example.com");
        log.lines().clear();
    }

    private void assertRowsAsWithoutCopies() throws Exception {
        Map<String, JsonNode> expected = new ConcurrentHashMap<>();
        try (SimulatedServices plain = services("plain", expected)) {
            plain.start().poll();
        }
        assertThat(rows).isEqualTo(expected).hasSizeGreaterThan(3);
    }

    private SimulatedServices services(String name, Map<String, JsonNode> into) throws IOException {
        SandboxSettings settings = SandboxSettings.defaults().seed(17).eventsPerHour(100);
        return new SimulatedServices(Files.createDirectories(folder.resolve(name)), settings).eachRow((table, row) -> {
            if (table.equals(EventType.CLICKS_BLOCKED.table())) {
                into.put(row.get("url").asText(), row);
            }
        });
    }

    /** A program with the copy example enabled, writing to this URI. */
    private RunningProgram copyingTo(String uri) throws Exception {
        return services.start(Programs.withRoutes(Programs.copyRoutes(
                folder.resolve("routes"), RoutesFixture.OPERATOR, shipped -> {
                    String route = RoutesFixture.route(shipped, ROUTE);
                    String example = RoutesFixture.example(route);
                    if (!uri.startsWith("file:")) {
                        example = example.replaceAll("\n *parameters:(\n {18,}.*)+", "");
                    }
                    return shipped.replace(route, example.replace("uri: file:copies/clicks-blocked", "uri: " + uri));
                })));
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path copies() {
        return folder.resolve("copies");
    }
}
