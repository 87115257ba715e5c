package io.tapsentinel.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.Program;
import io.tapsentinel.config.Settings;
import io.tapsentinel.health.ProgramHealthCheck;
import io.tapsentinel.state.LedgerEntry;
import io.tapsentinel.state.LedgerEntry.Purpose;
import io.tapsentinel.testing.FaultProxy.Fault;
import io.tapsentinel.testing.LogLines;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.SimulatedServices;
import io.tapsentinel.testing.StateFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Collections;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What becomes of blobs when their container is in trouble. What a whole one does shows {@code BlobReplayIT}. */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("full")
class BlobTroubleIT {

    private final SimulatedServices services = new SimulatedServices();
    private final StateFolder state = services.state();

    private BlobServer server;

    @RegisterExtension
    final LogLines log = new LogLines();

    @BeforeEach
    void open() throws Exception {
        server = new BlobServer();
        services.with("tap.replay.uri", "azure-storage-blob:" + BlobServer.ACCOUNT + "/answers?delay=100")
                .with("azure.blob-endpoint", server.endpoint().toString());
    }

    @AfterEach
    void close() throws Exception {
        services.close();
        server.close();
        assertThat(log.lines()).noneMatch(line -> line.contains(StateFolder.MARKER));
    }

    @Test
    void oneThatCannotBeFetchedComesAgainAndOthersAreNotFetchedTwice() {
        put(1, 2, 3);
        server.refuse("2.json", 3, 503, "ServerBusy");
        start();

        awaitRows(3);

        assertThat(server.fetched()).containsOnly("1.json", "2.json", "3.json");
        assertThat(Collections.frequency(server.fetched(), "2.json")).isEqualTo(4);
        assertThat(Collections.frequency(server.fetched(), "1.json")
                        + Collections.frequency(server.fetched(), "3.json"))
                .isEqualTo(2);
        assertThat(log.lines())
                .filteredOn(line -> line.contains("cannot be fetched"))
                .singleElement()
                .asString()
                .contains("2.json cannot be fetched: answered 503 ServerBusy; tried again at the next look");
    }

    @Test
    void ofABrokenBodyNothingLandsAndItComesAgain() {
        put(1);
        server.refuse("1.json", 2, BlobServer.BROKEN, "");
        start();

        awaitRows(1);

        assertThat(server.fetched()).hasSize(3);
        assertThat(state.files("spool")).as("left behind").isEmpty();
        assertThat(services.reads(Purpose.REPLAY)).hasSize(1);
    }

    @Test
    void aBlobWhoseNameClimbsOutOfItsFolderIsReadAndWritesNowhereElse() throws IOException {
        String name = "../../climbed.json";
        Path there = services.folder().resolve("climbed.json");
        Files.writeString(there, "of somebody else");
        server.put(name, answer(1));
        start();

        awaitRows(1);

        assertThat(server.fetched()).containsExactly(name);
        // a file of its own would be gone by now
        assertThat(there).hasContent("of somebody else");
        assertThat(state.files("spool")).as("left behind").isEmpty();
    }

    @Test
    void threeInARowEndTheLook() {
        put(1, 2, 3, 4, 5);
        for (int i = 1; i <= 5; i++) {
            server.refuse(i + ".json", 1_000_000, 500, "InternalError");
        }
        start();

        awaitLooks(4);

        assertThat(server.fetched()).containsOnly("1.json", "2.json", "3.json");
    }

    @Test
    void oneThatAzureKeepsInItsArchiveStandsInNobodysWay() {
        put(1, 2);
        server.refuse("1.json", 1_000_000, 409, "BlobArchived");
        RunningProgram program = start();

        awaitRows(1);
        services.clock().advance(Duration.ofSeconds(1));
        awaitLooks(5);

        assertThat(Collections.frequency(server.fetched(), "1.json")).isEqualTo(2);
        assertThat(Collections.frequency(server.fetched(), "2.json")).isEqualTo(1);
        assertThat(program.camel()
                        .getRegistry()
                        .lookupByNameAndType("tap-replay", ProgramHealthCheck.class)
                        .findings()
                        .problems())
                .singleElement()
                .asString()
                .contains("1.json was not brought in: answered 409 BlobArchived");
    }

    @Test
    void whatFailedOnItsWayToSentinelComesAgain() {
        put(1);
        services.sinkProxy().next(Fault.REFUSE);
        start();
        awaitLooks(5);
        assertThat(server.fetched()).as("while it pauses").hasSize(1);
        services.clock().advance(Duration.ofSeconds(1));

        awaitRows(1);

        assertThat(server.fetched()).hasSize(2);
        assertThat(log.lines())
                .anyMatch(
                        line -> line.contains("replay of 1.json failed, it is tried again in PT0.1S at the earliest"));
        await("health is well")
                .until(() -> log.lines().stream().anyMatch(line -> line.contains("nothing of it waits")));
    }

    @Test
    void aChangedOneIsBroughtInAgainAndOneThatChangesMeanwhileAtTheNextLook() {
        put(1);
        server.refuse("1.json", 1, 412, "ConditionNotMet");
        start();
        awaitRows(1);

        server.put("1.json", answer(2));

        awaitRows(2);
        assertThat(server.fetched()).hasSize(3);
        assertThat(log.lines()).noneMatch(line -> line.contains("WARN") && line.contains("1.json"));
    }

    @Test
    void aListingIsReadPageByPage() {
        server.page(2);
        put(1, 2, 3, 4, 5);
        start();

        awaitRows(5);

        assertThat(server.markers()).startsWith("", "2.json", "4.json");
        assertThat(server.fetched()).containsExactly("1.json", "2.json", "3.json", "4.json", "5.json");
    }

    private void put(int... numbers) {
        for (int number : numbers) {
            server.put(number + ".json", answer(number));
        }
    }

    private static String answer(int number) {
        return "{\"queryEndTime\":\"2026-11-20T11:59:00Z\",\"messagesBlocked\":[{\"id\":\"b" + number
                + "\",\"GUID\":\"g" + number + "\",\"subject\":\"" + StateFolder.MARKER + "\"}]}";
    }

    private RunningProgram start() {
        return services.start(BlobTroubleIT::withKey);
    }

    static Program withKey(
            Settings settings, Map<String, String> properties, Clock clock, Consumer<LedgerEntry> committed) {
        Program program = new Program(settings, properties, clock, committed);
        // over http no token is sent
        program.main()
                .addOverrideProperty(
                        "camel.component.azure-storage-blob.access-key",
                        Base64.getEncoder().encodeToString("of a test".getBytes()));
        return program;
    }

    private void awaitRows(int rows) {
        await(rows + " rows").until(() -> services.rows().size() >= rows);
        awaitLooks(2);
        assertThat(services.rows()).hasSize(rows).doesNotHaveDuplicates();
    }

    private void awaitLooks(int more) {
        long before = server.markers().size();
        await(more + " more looks").until(() -> server.markers().size() >= before + more);
    }
}
