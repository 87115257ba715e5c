package io.tapsentinel.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.CommandSetup;
import io.tapsentinel.config.EffectiveProperties;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.Scrape;
import io.tapsentinel.testing.SimulatedRun;
import io.tapsentinel.testing.StateFolder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.camel.health.HealthCheck;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How unreadable elements are reported. */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class UnreadableElementsIT extends SimulatedRun {

    private static final String ODD =
            "null,{\"id\":\"odd\",\"subject\":" + StateFolder.MARKER + "},{\"id\":\"fine\",\"subject\":\"a\tb\"},";

    private final StateFolder state = services.state();

    @Test
    void unreadableElementsAreReportedAndAllOthersLand() throws Exception {
        addToMessagesBlocked(ODD);
        RunningProgram program = services.start().poll();

        assertThat(services.rows())
                .containsAll(services.firstHour())
                .hasSize(services.firstHour().size() + 1);
        assertThat(services.reads().get(0).counts().get("messagesBlocked"))
                .containsEntry("rejected", 2L)
                .containsEntry("unreadable", 2L);
        assertThat(log.line("cannot be read"))
                .contains(
                        "2 elements cannot be read",
                        "messagesBlocked at byte ",
                        ": no object",
                        ": not JSON before byte ");
        assertThat(log.lines()).noneMatch(line -> line.contains(StateFolder.MARKER));
        HealthCheck.Result health = program.health("tap-storage");
        assertThat(health.getDetails())
                .containsEntry("status", "DEGRADED")
                .containsEntry("storage.unreadable.in-24-hours", 2L);
        assertThat(health.getMessage()).get().asString().contains("2 records, 2 unreadable");
        assertThat(Scrape.of(program).value("tap_unreadable_total{table=\"ProofPointTAPMessagesBlockedV2_CL\"}"))
                .isEqualTo(2);
        assertThat(run("status"))
                .contains(
                        "2 records not in Sentinel, reported by TAP in the last 8 days; 2 unreadable in the last 24 hours");
        assertThat(run("rejected").lines().filter(line -> line.contains("\tunreadable\t")))
                .hasSize(2);
    }

    @Test
    void laterReadsAndSweepsFindThemRejectedAndNothingMissing() throws Exception {
        addToMessagesBlocked(ODD);
        RunningProgram program = services.start().poll();
        services.clock().advance(Duration.ofMinutes(5));
        program.poll();
        services.clock().advance(Duration.ofHours(6));

        program.poll().sweep();

        assertThat(state.rejected("unreadable")).hasSize(2);
        assertThat(services.reads(Purpose.SWEEP))
                .isNotEmpty()
                .allSatisfy(sweep -> assertThat(sweep.counts().get("messagesBlocked"))
                        .containsEntry("rejected", 0L)
                        .containsEntry("unreadable", 0L));
        // every answer has them
        assertThat(services.store()
                        .number("SELECT count(*) FROM sweep WHERE (stream = 'messagesBlocked') <> (rejected = 2)"))
                .as("hours without both")
                .isZero();
        assertThat(services.store().number("SELECT sum(theirs - ours - rejected) FROM sweep"))
                .isZero();
        assertThat(log.lines("cannot be read")).hasSize(1);
    }

    @Test
    void theyAreCountedByTheReadThatCommits() throws Exception {
        addToMessagesBlocked(ODD);
        services.sinkProxy().hold();
        RunningProgram stopped = services.with("tap.shutdown-timeout", "PT1S").start();
        stopped.pollInBackground();
        await("both are stored").until(() -> state.rejected("unreadable").size() == 2);
        stopped.stop();
        assertThat(services.reads()).isEmpty();

        services.sinkProxy().release();
        services.start().poll();

        assertThat(services.reads().get(0).counts().get("messagesBlocked"))
                .containsEntry("rejected", 2L)
                .containsEntry("unreadable", 2L);
        assertThat(state.rejected("unreadable")).hasSize(2);
    }

    @Test
    void correctedElementLandsOnceAndNoLongerCountsAsRejected() throws Exception {
        services.with("tap.replay.uri", "file:" + state.resolve("replay") + "?delay=20&initialDelay=0");
        List<String> clusters = new CopyOnWriteArrayList<>();
        services.eachRow((table, row) -> {
            if (row.path("id").asText().equals("odd")) {
                clusters.add(row.path("cluster").asText());
            }
        });
        addToMessagesBlocked(ODD);
        services.start().poll();
        int before = services.rows().size();
        String document = state.rejected("unreadable").stream()
                .map(Object::toString)
                .filter(json -> json.contains("not JSON"))
                .findFirst()
                .orElseThrow();

        state.drop("as-it-is.json", document);
        assertThat(state.reason()).contains("replace the null after \"record\" by the repaired event, an object");
        String repaired =
                document.replace("\"record\":null", "\"record\":{\"id\":\"odd\",\"clusterId\":\"as TAP spells it\"}");
        state.drop("repaired.json", repaired);
        state.await("replay/done", 1);
        state.drop("repaired-again.json", repaired);
        state.await("replay/done", 2);

        assertThat(services.rows()).hasSize(before + 1).doesNotHaveDuplicates();
        assertThat(clusters).containsExactly("as TAP spells it");
        assertThat(services.store().number("SELECT count(*) FROM seen WHERE rejected = 1"))
                .as("the other one")
                .isEqualTo(1);
    }

    @Test
    void rejectedRecordWithALenientlyReadIdStaysTheSameEvent() throws Exception {
        services.with("tap.replay.uri", "file:" + state.resolve("replay") + "?delay=20&initialDelay=0");
        addToMessagesBlocked("{\"id\":\"a\t\",\"subject\":\"" + "x".repeat(1_200_000) + "\"},");
        services.start().poll();
        int rows = services.rows().size();
        assertThat(state.rejected("capped")).hasSize(1);

        state.replayRejected();
        state.await("replay/done", 1);

        assertThat(services.rows()).hasSize(rows);
        assertThat(services.reads(Purpose.REPLAY).get(0).counts().get("messagesBlocked"))
                .containsEntry("duplicate", 1L);
    }

    @Test
    void unknownEventKeepsTheKeyOfItsBytes() throws Exception {
        services.tapProxy()
                .rewriteText(answer ->
                        answer.replaceFirst("\\{", "{\"messagesHeld\":[{\"QID\":NaN},{\"QID\":\"q\"},{\"QID\":x}],"));
        RunningProgram program = services.start().poll();

        assertThat(state.rejected("unknown-type"))
                .extracting(document -> document.path("keyOf").asText())
                .containsExactlyInAnyOrder("bytes", "");
        assertThat(state.rejected("unreadable")).hasSize(1);
        assertThat(log.lines()).anyMatch(line -> line.contains("1 element cannot be read: "));
        assertThat(services.reads().get(0).counts().get("unknown"))
                .containsEntry("fetched", 3L)
                .containsEntry("unreadable", 1L);
        assertThat(program.health("tap-storage").getDetails()).containsKey("tap.unknown-types");
    }

    @Test
    void changedFormatFailsTheWindowStoresNothingAndHealthIsDown() throws Exception {
        RunningProgram program = services.start().poll();
        services.clock().advance(Duration.ofMinutes(5));
        addToMessagesBlocked("0,".repeat(100));

        program.poll();

        assertThat(services.reads()).hasSize(1);
        assertThat(state.rejected()).isEmpty();
        assertThat(services.tap().requests()).as("a retry would bring the same").isEqualTo(2);
        HealthCheck.Result health = program.health("tap-health");
        assertThat(health.getState()).isEqualTo(HealthCheck.State.DOWN);
        assertThat(health.getMessage())
                .get()
                .asString()
                .contains("most records of an answer are unreadable", "elements of messagesBlocked");

        services.tapProxy().rewrite(body -> body);
        services.clock().advance(Duration.ofMinutes(5));
        program.poll();
        assertThat(program.health("tap-health").getState()).isEqualTo(HealthCheck.State.UP);
        services.assertEverythingLandedOnce();
    }

    private String run(String command) {
        Map<String, String> environment = Map.of(
                "STATE_URL",
                "jdbc:sqlite:" + state.resolve("tap.db"),
                "TAP_REJECTED_URI",
                "file:" + state.resolve("rejected"));
        return CommandSetup.print(EffectiveProperties.load(services.folder(), environment), services.clock(), command);
    }

    private void addToMessagesBlocked(String elements) {
        String array = "\"messagesBlocked\":[";
        services.tapProxy().rewriteText(answer -> answer.replace(array, array + elements));
    }
}
