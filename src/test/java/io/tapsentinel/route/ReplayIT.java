package io.tapsentinel.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.Program;
import io.tapsentinel.sentinel.RejectedRecord;
import io.tapsentinel.sentinel.RejectedRecord.Reason;
import io.tapsentinel.state.LedgerEntry;
import io.tapsentinel.state.LedgerEntry.Purpose;
import io.tapsentinel.state.SeenKeys;
import io.tapsentinel.state.SeenRepository;
import io.tapsentinel.tap.EventIdentity;
import io.tapsentinel.tap.EventType;
import io.tapsentinel.tap.Handling;
import io.tapsentinel.tap.Outcome;
import io.tapsentinel.tap.TapEvent;
import io.tapsentinel.testing.LogLines;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.Trial;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.spi.IdempotentRepository;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Answers and rejected records that are moved into the replay folder of a running program. */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ReplayIT {

    private static final EventType TYPE = EventType.MESSAGES_BLOCKED;
    private static final String ANSWER =
            "{\"queryEndTime\":\"2026-11-20T11:59:00Z\",\"messagesBlocked\":[{\"id\":\"r1\",\"GUID\":\"g1\","
                    + "\"messageTime\":\"2026-11-20T11:30:00Z\"},{\"id\":\"r2\",\"GUID\":\"g2\"}],\"clicksBlocked\":[{\"id\":\"r3\",\"GUID\":\"g3\"}]}";

    @TempDir
    Path folder;

    private AsideTrial aside;
    private Trial trial;

    @RegisterExtension
    final LogLines log = new LogLines();

    @BeforeEach
    void open() throws Exception {
        aside = new AsideTrial(folder);
        trial = aside.trial;
        trial.with("tap.replay.uri", "file:" + aside.state.resolve("replay") + "?delay=20&initialDelay=0");
    }

    @AfterEach
    void close() throws Exception {
        aside.close();
    }

    @Test
    void anAnswerLandsThroughTheSameRoutesAndLiesInDone() throws Exception {
        trial.start();
        aside.drop("answer.json", ANSWER);

        Path done = aside.await("replay/done", 1).get(0);

        assertThat(trial.rows()).hasSize(3).doesNotHaveDuplicates();
        assertThat(aside.replays()).singleElement().satisfies(read -> {
            assertThat(read.counts().get("messagesBlocked")).containsEntry("new", 2L);
            assertThat(read.window()).hasToString("2026-11-20T10:59:00Z/2026-11-20T11:59:00Z");
        });
        assertThat(aside.number("SELECT count(*) FROM ledger WHERE purpose = 'replay'"))
                .isEqualTo(1);
        assertThat(aside.number("SELECT count(*) FROM progress"))
                .as("progress is the polls'")
                .isZero();
        assertThat(done.getFileName().toString()).matches("\\d{8}T\\d{9}Z-answer\\.json");
        assertThat(AsideTrial.permissions(done)).isEqualTo("rw-------");
        for (Path closed : List.of(done.getParent(), aside.state.resolve("replay"))) {
            assertThat(AsideTrial.permissions(closed)).as(closed.toString()).isEqualTo("rwx------");
        }
        assertThat(aside.documents("replay")).isEmpty();
    }

    @Test
    void theSameAnswerAgainPackedLandsNothingTwiceAndOverwritesNothing() throws Exception {
        trial.start();
        aside.drop("answer.json", ANSWER);
        aside.await("replay/done", 1);
        aside.drop("answer.json", ANSWER);
        aside.await("replay/done", 2);
        aside.drop("answer.json.gz", gzip(ANSWER));

        aside.await("replay/done", 3);

        assertThat(trial.rows()).hasSize(3).doesNotHaveDuplicates();
        assertThat(aside.replays().get(2).counts().get("messagesBlocked")).containsEntry("duplicate", 2L);
    }

    @Test
    void whatAPollDeliveredIsNotDeliveredByAReplayOfItsAnswer() throws Exception {
        byte[][] answer = {null};
        trial.tapProxy().rewrite(body -> answer[0] = body);
        trial.start().poll();

        aside.drop("poll.json", answer[0]);
        aside.await("replay/done", 1);

        assertThat(trial.rows()).isEqualTo(trial.firstHour());
    }

    @Test
    void aPollThatComesDuringAReplayWaitsForItsFileAndThenReads() throws Exception {
        trial.sinkProxy().hold();
        RunningProgram program = trial.start();
        aside.drop("answer.json", ANSWER);
        await("the replay waits for the sink").until(() -> trial.sinkProxy().held() > 0);
        CompletableFuture<Void> poll = program.pollInBackground();
        await("the poll waits")
                .during(Duration.ofMillis(500))
                .until(() -> !poll.isDone() && trial.tapProxy().requests() == 0);

        trial.sinkProxy().release();
        poll.get(30, TimeUnit.SECONDS);

        assertThat(trial.tapProxy().requests()).isEqualTo(1);
        assertThat(trial.reads()).extracting(LedgerEntry::purpose).containsExactly(Purpose.REPLAY, Purpose.POLL);
    }

    @Test
    void aRejectedRecordIsSentAlthoughItsKeyIsDurableAndOnlyOnce() throws Exception {
        RunningProgram program = trial.start();
        String document = rejected(program, Reason.REFUSED, fields("r1"));

        aside.drop("one.json", document);
        aside.await("replay/done", 1);
        assertThat(trial.rows()).hasSize(1);
        assertThat(aside.number("SELECT count(*) FROM seen WHERE rejected = 1")).isZero();

        aside.drop("one.json", document);
        aside.await("replay/done", 2);
        assertThat(trial.rows()).hasSize(1);
    }

    @Test
    void aRecordWithOddValuesKeepsItsIdentityOnItsWayThroughTheFolder() throws Exception {
        RunningProgram program = trial.start();
        Map<String, Object> odd = new HashMap<>(Map.of(
                "subject",
                "half \ud83d of a pair and \u00fc",
                "spamScore",
                3,
                "big",
                new BigDecimal("1.50E+400"),
                "exact",
                new BigDecimal("0.10"),
                "recipient",
                List.of("a@x")));

        aside.drop("odd.json", rejected(program, Reason.TOO_LARGE, odd));

        aside.await("replay/done", 1);
        assertThat(aside.landed()).isEqualTo(1);
    }

    @Test
    void aRecordOfATypeThatIsKnownByNowIsSent() throws Exception {
        RunningProgram program = trial.start();

        aside.drop("known.json", rejected(program, Reason.UNKNOWN_TYPE, fields("r1")));

        aside.await("replay/done", 1);
        assertThat(trial.rows()).hasSize(1);
    }

    @Test
    void theWholeOfACappedEventIsFoundDelivered() throws Exception {
        RunningProgram program = trial.start();
        TapEvent event = event(fields("r1"));
        program.program().sentinel().getDeliveryLog().delivered(0, List.of(event));

        aside.drop("capped.json", document(Reason.CAPPED, event));

        aside.await("replay/done", 1);
        assertThat(trial.rows()).isEmpty();
        assertThat(aside.replays().get(0).counts().get("messagesBlocked")).containsEntry("duplicate", 1L);
    }

    @Test
    void theWholeOfACappedEventIsNotSentWhenItsKeyIsNoLongerKnown() throws Exception {
        trial.start();
        aside.drop("capped.json", document(Reason.CAPPED, event(fields("r1"))));

        assertThat(aside.reason()).contains("sent twice");
        assertThat(trial.rows()).isEmpty();
    }

    @Test
    void aRecordThatIsNotWhatItWasGoesToFailedWithTheReasonAndWithoutItsContent() throws Exception {
        RunningProgram program = trial.start();
        String document = rejected(program, Reason.REFUSED, fields("r1"));
        List<List<String>> edits = List.of(
                List.of("\"id\":\"r1\"", "\"id\":\"r9\"", "another event"),
                List.of("messagesBlocked", "messagesHeld", "none of the four"),
                List.of("\"record\":{", "\"record\":[{", "cut or not JSON at byte"),
                List.of("}}", "}", "cut or not JSON"));
        for (int i = 0; i < edits.size(); i++) {
            String name = "edited-" + i + ".json";
            String reason = edits.get(i).get(2);
            assertThat(document).contains(edits.get(i).get(0));

            aside.drop(name, document.replace(edits.get(i).get(0), edits.get(i).get(1)));

            assertThat(aside.reason(name)).contains(reason).doesNotContain(AsideTrial.MARKER);
            assertThat(aside.files("replay/failed"))
                    .hasSize(2 * (i + 1))
                    .allSatisfy(file -> assertThat(AsideTrial.permissions(file)).isEqualTo("rw-------"));
            assertThat(log.lines())
                    .anyMatch(line -> line.startsWith("WARN") && line.contains(name) && line.contains(reason))
                    .noneMatch(line -> line.contains(AsideTrial.MARKER) || line.contains("\tat "));
            assertThat(trial.rows()).isEmpty();
        }
    }

    @Test
    void ofACutAnswerNothingIsSent() throws Exception {
        trial.start();
        aside.drop("cut.json", ANSWER.substring(0, ANSWER.length() - 5));
        assertThat(aside.reason()).contains("cut or not JSON");
        assertThat(trial.rows()).isEmpty();
    }

    @Test
    void anEventThatUnpacksWithoutEndIsRefusedBeforeItFillsTheMemory() throws Exception {
        trial.start();
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        try (GZIPOutputStream packed = new GZIPOutputStream(bomb)) {
            packed.write("{\"messagesBlocked\":[{\"id\":\"1\",\"x\":[0".getBytes(StandardCharsets.UTF_8));
            byte[] zeros = ",0".repeat(500_000).getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i < 30; i++) {
                packed.write(zeros);
            }
        }
        aside.drop("bomb.json.gz", bomb.toByteArray());

        assertThat(aside.reason()).contains("longer than 8000000");
    }

    @Test
    void anOldAnswerIsNotSentWhenItsTimeWasReadAndItsKeysAreForgotten() throws Exception {
        trial.start().poll().stop();
        trial.clock().advance(Duration.ofDays(9));
        trial.start();

        aside.drop("old.json", ANSWER);

        assertThat(aside.reason()).contains("2026-11-20T11:59:00Z").contains("sent twice");
        assertThat(aside.replays()).isEmpty();
    }

    @Test
    void anOldAnswerOfATimeThatNobodyReadIsSent() throws Exception {
        trial.start().poll().stop();
        trial.clock().advance(Duration.ofDays(9));
        trial.start();

        aside.drop("gap.json", ANSWER.replace("2026-11-20T11:59:00Z", "2026-11-20T10:00:00Z"));

        aside.await("replay/done", 1);
        assertThat(aside.replays()).hasSize(1);
    }

    @Test
    void aStopLeavesTheFileWhereItIsAndTheNextStartBringsItIn() throws Exception {
        trial.sinkProxy().hold();
        RunningProgram program = trial.start();
        aside.drop("answer.json", ANSWER);
        await("a batch is on its way")
                .atMost(Duration.ofSeconds(30))
                .until(() -> trial.sinkProxy().held() > 0);
        CompletableFuture<String> stop = CompletableFuture.supplyAsync(() -> {
            try {
                return program.stop();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        await("the stop is known")
                .until(() -> !program.camel().getStatus().isStarted()
                        || program.camel().isStopping());
        trial.sinkProxy().release();
        stop.join();
        // the events were handed out before the stop, so that the read either ended whole or stays to be done
        assertThat(aside.documents("replay").size()
                        + aside.documents("replay/done").size())
                .isEqualTo(1);
        assertThat(aside.documents("replay/failed")).isEmpty();

        trial.start();
        aside.await("replay/done", 1);
        assertThat(trial.rows()).hasSize(3).doesNotHaveDuplicates();
    }

    @Test
    void aStopInTheMiddleOfALongAnswerLeavesItWhereItIs() throws Exception {
        trial.sinkProxy().hold();
        RunningProgram program = trial.start((settings, properties, clock, committed) -> {
            Program ofFew = new Program(settings, properties, clock, committed);
            ofFew.sentinel().getConfiguration().setMaxPending(500);
            return ofFew;
        });
        StringBuilder many = new StringBuilder("{\"clicksPermitted\":[{\"id\":\"0\"}");
        for (int i = 1; i < 2_000; i++) {
            many.append(",{\"id\":\"").append(i).append("\"}");
        }
        aside.drop("many.json", many.append("]}").toString());
        await("no more may wait, so that the reader is in the middle of the file")
                .atMost(Duration.ofSeconds(30))
                .until(() -> program.program().sentinel().deliveries().pending() >= 500);
        CompletableFuture<Void> stop = CompletableFuture.runAsync(program.program()::stop);
        stop.join();
        trial.sinkProxy().release();
        program.stop();
        assertThat(aside.documents("replay")).hasSize(1);
        assertThat(aside.documents("replay/failed")).isEmpty();

        trial.start();
        aside.await("replay/done", 1);
        assertThat(trial.rows()).hasSize(2_000).doesNotHaveDuplicates();
    }

    @Test
    void aReplayWaitsForThePollThatIsReading() throws Exception {
        trial.tapProxy().hold();
        RunningProgram program = trial.start();
        CompletableFuture<Void> poll = program.pollInBackground();
        await("TAP has not answered yet").until(() -> trial.tapProxy().held() == 1);
        aside.drop("answer.json", ANSWER);
        await("the replay has begun")
                .during(Duration.ofMillis(500))
                .until(() -> trial.rows().isEmpty());

        trial.tapProxy().release();
        poll.join();

        aside.await("replay/done", 1);
        assertThat(trial.reads().stream().map(LedgerEntry::purpose))
                .containsExactly(LedgerEntry.Purpose.POLL, LedgerEntry.Purpose.REPLAY);
    }

    @Test
    void whatIsRejectedAgainGoesToFailedWithTheNumber() throws Exception {
        trial.start((settings, properties, clock, committed) -> new Program(settings, properties, clock, committed) {
            @Override
            protected IdempotentRepository repository(EventType type, SeenKeys seen) {
                return new SeenRepository(type, seen) {
                    @Override
                    public boolean add(Exchange exchange, String key) {
                        TapEvent event = exchange.getProperty(TapEvent.PROPERTY, TapEvent.class);
                        return !(event.getId().equals("r2") && Handling.advance(event, Outcome.NONE, Outcome.REJECTED))
                                && super.add(exchange, key);
                    }
                };
            }
        });
        aside.drop("answer.json", ANSWER);

        assertThat(aside.reason()).contains("1 of 3 refused again");
        assertThat(trial.rows()).hasSize(2);
        assertThat(aside.replays().get(0).counts().get("messagesBlocked"))
                .containsEntry("rejected", 1L)
                .containsEntry("new", 1L);
    }

    @Test
    void whatAnotherEndpointGivesIsBroughtInAndAFailureIsItsToHandle() throws Exception {
        trial.with("tap.replay.uri", "direct:brought");
        RunningProgram program = trial.start();
        try (ProducerTemplate template = program.camel().createProducerTemplate()) {
            template.sendBody("direct:brought", gzip(ANSWER));
            assertThat(trial.rows()).hasSize(3);

            assertThatThrownBy(() -> template.sendBody(
                            "direct:brought", "{\"messagesBlocked\":[{\"subject\":\"" + AsideTrial.MARKER))
                    .hasCauseInstanceOf(ReplayRefusedException.class)
                    .hasRootCauseMessage("the document is cut or not JSON at byte 46");
        }
        assertThat(aside.files("spool")).isEmpty();
    }

    @Test
    void progressAndBacklogStayAsTheyWere() throws Exception {
        trial.start().poll().stop();
        trial.clock().advance(Duration.ofHours(5));
        trial.start().poll();
        Instant before = aside.source.progress();
        long owed = aside.number("SELECT sum(to_at - from_at) FROM backlog");
        assertThat(owed).isPositive();

        // an answer for time that is still owed
        aside.drop("answer.json", ANSWER.replace("11:59:00Z", "15:59:00Z"));
        aside.await("replay/done", 1);

        assertThat(aside.source.progress()).isEqualTo(before);
        assertThat(aside.number("SELECT sum(to_at - from_at) FROM backlog")).isEqualTo(owed);
    }

    /** The document of a record that the program has rejected, as it lies in the folder. */
    private String rejected(RunningProgram program, Reason reason, Map<String, Object> fields) throws IOException {
        TapEvent event = event(fields);
        program.program().sentinel().getRejectedLog().store(record(reason, event));
        program.program().sentinel().getDeliveryLog().rejected(event);
        List<Path> files = aside.documents("rejected");
        assertThat(files).hasSize(1);
        return Files.readString(files.get(0));
    }

    private static String document(Reason reason, TapEvent event) {
        return new String(RejectedDocument.bytes(record(reason, event)), StandardCharsets.US_ASCII);
    }

    private static RejectedRecord record(Reason reason, TapEvent event) {
        return new RejectedRecord(
                reason, TYPE.arrayName(), TYPE.table(), event.getKey(), Trial.START, null, event.getFields());
    }

    private static TapEvent event(Map<String, Object> fields) {
        return new TapEvent(TYPE, EventIdentity.of(TYPE, fields), 0, Trial.START, fields);
    }

    private static Map<String, Object> fields(String id) {
        return new HashMap<>(
                Map.of("id", id, "GUID", "g-" + id, "subject", AsideTrial.MARKER, "recipient", List.of("a@x")));
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream packed = new GZIPOutputStream(out)) {
            packed.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return out.toByteArray();
    }
}
