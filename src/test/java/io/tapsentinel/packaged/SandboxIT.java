package io.tapsentinel.packaged;

import static io.tapsentinel.testing.PackagedProgram.awaitSoon;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.tapsentinel.event.EventType;
import io.tapsentinel.testing.FreePort;
import io.tapsentinel.testing.PackagedProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A first run without an account, in an empty folder; {@code mvn camel:run} passes {@code --local}. */
@Timeout(value = 400, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SandboxIT extends PackagedFixture {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration FIRST_ROWS = Duration.ofSeconds(120);
    /** Last line of the table: landed, duplicates, late, missed. */
    private static final String TOTAL = "(?m)^total +([\\d,]+) +([\\d,]+) +([\\d,]+) +([\\d,]+)$";

    private PackagedProgram.Launch launch;

    @BeforeEach
    void prepare() throws IOException {
        // --local serves the page, and another program may have the port that it takes by itself
        launch = PackagedProgram.in(folder).with("camel.server.port", String.valueOf(FreePort.next()));
    }

    @Test
    void rowsOfAllFourTablesLandOnceAcrossARestart() throws Exception {
        try (PackagedProgram program = launch.start("--local")) {
            awaitRowsInAllTables(launch);
            assertThat(program.output()).contains("nothing leaves your machine").contains("100,000");
            assertThatFilesAreClosedToOthers();
            stop(program);
        }
        long rows = ids().size();
        long suppressed;
        try (PackagedProgram program = launch.start("--local")) {
            suppressed = awaitSuppressed(program);
            assertThatFilesAreClosedToOthers();
            stop(program);
        }
        List<String> ids = ids();
        assertThat(ids)
                .as("type and id of all rows")
                .hasSizeGreaterThanOrEqualTo((int) rows)
                .doesNotHaveDuplicates();
        Stream<Path> made = open(Files.list(launch.work()));
        assertThat(made.map(path -> path.getFileName().toString()))
                .as("what was made")
                .containsExactly("sandbox");
    }

    @Test
    @Tag("full")
    void credentialsTurnTheSandboxOff() throws Exception {
        launch.with("tap.principal", "principal");
        assertThat(launch.run(1, "--local").output())
                .startsWith("tap-sentinel: Missing: tap.secret or tap.secret-file");
    }

    @Test
    @Tag("full")
    void thePropertyStartsTheSandboxWithTheHealthTable() throws Exception {
        launch.with("tap.sandbox", "on").with("sentinel.health-table", "true");
        PackagedProgram program = open(launch.start());
        awaitRowsInAllTables(launch);
        Path health = launch.work().resolve("sandbox").resolve("TapSentinelHealth_CL.ndjson");
        awaitSoon(
                "a heartbeat",
                () -> health.toFile().exists() && Files.readString(health).contains("\"kind\":\"heartbeat\""));
        assertThat(program.output()).contains("nothing leaves your machine");
        stop(program);
    }

    private static void awaitRowsInAllTables(PackagedProgram.Launch launch) {
        awaitSoon(
                "rows in all four tables",
                () -> Arrays.stream(EventType.values())
                        .allMatch(type -> file(launch, type).toFile().length() > 0));
    }

    private static long awaitSuppressed(PackagedProgram program) {
        program.awaitThat(
                "duplicates are suppressed",
                FIRST_ROWS,
                () -> program.found(TOTAL).stream().anyMatch(total -> number(total, 2) > 0));
        List<MatchResult> totals = program.found(TOTAL);
        return number(totals.get(totals.size() - 1), 2);
    }

    private static long number(MatchResult total, int column) {
        return Long.parseLong(total.group(column).replace(",", ""));
    }

    private static void stop(PackagedProgram program) throws Exception {
        program.signal("INT");
        assertThat(program.awaitExit()).as("exit code").isZero();
        List<String> lines = program.lines();
        assertThat(lines.get(lines.size() - 1)).as("the last line").matches(".* drained: \\d+ rows, 0 pending");
    }

    private void assertThatFilesAreClosedToOthers() throws IOException {
        try (Stream<Path> all = Files.walk(launch.work().resolve("sandbox"))) {
            for (Path path : (Iterable<Path>) all::iterator) {
                try {
                    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                            .as("permissions of %s", path)
                            .isEqualTo(Files.isDirectory(path) ? "rwx------" : "rw-------");
                } catch (NoSuchFileException goneMeanwhile) {
                    // a spooled answer that was read
                }
            }
        }
    }

    private static Path file(PackagedProgram.Launch launch, EventType type) {
        return launch.work().resolve("sandbox").resolve(type.table() + ".ndjson");
    }

    /** Type and id of all rows. */
    private List<String> ids() throws IOException {
        List<String> ids = new ArrayList<>();
        for (EventType type : EventType.values()) {
            for (String row : Files.readAllLines(file(launch, type))) {
                String id = JSON.readTree(row).path("id").asText();
                assertThat(id).as("id of a row of " + type).isNotEmpty();
                ids.add(type + "|" + id);
            }
        }
        return ids;
    }
}
