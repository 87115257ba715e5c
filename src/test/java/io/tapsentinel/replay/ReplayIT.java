package io.tapsentinel.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.app.Parts;
import io.tapsentinel.app.Program;
import io.tapsentinel.app.RunContext;
import io.tapsentinel.event.BrokenEventLife;
import io.tapsentinel.event.EventIdentity;
import io.tapsentinel.event.EventType;
import io.tapsentinel.event.HumanText;
import io.tapsentinel.event.Outcome;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.read.SeenRepository;
import io.tapsentinel.rejected.RejectedDocument;
import io.tapsentinel.sentinel.batch.RejectedRecord;
import io.tapsentinel.sentinel.batch.RejectedRecord.Reason;
import io.tapsentinel.sentinel.upload.Uploader;
import io.tapsentinel.store.keys.SeenKeys;
import io.tapsentinel.store.ledger.LedgerEntry;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.testing.Gzip;
import io.tapsentinel.testing.LogLines;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.SimulatedServices;
import io.tapsentinel.testing.StateFolder;
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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.spi.IdempotentRepository;
import org.apache.camel.support.DefaultPollingConsumerPollStrategy;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Answers and rejected records that are moved into the replay folder of a running program. */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ReplayIT {

    private static final EventType TYPE = EventType.MESSAGES_BLOCKED;
    private static final String ANSWER =
            "{\"queryEndTime\":\"2026-11-20T11:59:00Z\",\"messagesBlocked\":[{\"id\":\"r1\",\"GUID\":\"g1\","
                    + "\"messageTime\":\"2026-11-20T11:30:00Z\"},{\"id\":\"r2\",\"GUID\":\"g2\"}],\"clicksBlocked\":[{\"id\":\"r3\",\"GUID\":\"g3\"}]}";

    @AutoClose
    private final SimulatedServices services = new SimulatedServices();

    private final StateFolder state = services.state();

    @RegisterExtension
    final LogLines log = new LogLines();

    @BeforeEach
    void open() throws Exception {
        services.with("tap.replay.uri", "file:" + state.resolve("replay") + "?delay=20&initialDelay=0");
    }

    @Test
    void answerIsReplayedThroughTheRoutesAndMovedToDone() throws Exception {
        services.start();
        state.drop("answer.json", ANSWER);

        Path done = state.await("replay/done", 1).get(0);

        assertThat(services.rows()).hasSize(3).doesNotHaveDuplicates();
        assertThat(services.reads(Purpose.REPLAY)).singleElement().satisfies(read -> {
            assertThat(read.counts().get("messagesBlocked")).containsEntry("new", 2L);
            assertThat(read.window()).hasToString("2026-11-20T10:59:00Z/2026-11-20T11:59:00Z");
        });
        assertThat(services.store().number("SELECT count(*) FROM ledger WHERE purpose = 'replay'"))
                .isEqualTo(1);
        assertThat(services.store().number("SELECT count(*) FROM progress"))
                .as("progress of the polls")
                .isZero();
        assertThat(done.getFileName().toString()).matches("\\d{8}T\\d{9}Z-answer\\.json");
        assertThat(StateFolder.permissions(done)).isEqualTo("rw-------");
        for (Path closed : List.of(done.getParent(), state.resolve("replay"))) {
            assertThat(StateFolder.permissions(closed)).as(closed.toString()).isEqualTo("rwx------");
        }
        assertThat(state.documents("replay")).isEmpty();
    }

    @Test
    void errorEndsTheProcessAfterItsFileWasMoved() throws Exception {
        List<Long> waiting = new CopyOnWriteArrayList<>();
        services.onError(error -> waiting.add((long) state.documents("replay").size()))
                .start(new Parts() {
                    @Override
                    protected Uploader uploader(RunContext run, Uploader usual) {
                        return (stream, body) -> {
                            throw new OutOfMemoryError("a test's");
                        };
                    }
                });
        state.drop("answer.json", ANSWER);
        state.await("replay/failed", 1);

        await("the process ends").until(() -> !waiting.isEmpty());
        assertThat(waiting).as("files left for the next start").containsOnly(0L);
    }

    @Test
    void errorInTheFolderScanEndsTheProcess() throws Exception {
        List<Error> fatal = new CopyOnWriteArrayList<>();
        Error error = new OutOfMemoryError("a test's");
        services.with("tap.replay.uri", "file:" + state.resolve("replay") + "?initialDelay=0&pollStrategy=#broken")
                .start((settings, properties, clock, committed) -> {
                    Program program =
                            new Program(settings, properties, clock, clock, committed, fatal::add, new Parts());
                    program.main().bind("broken", new DefaultPollingConsumerPollStrategy() {
                        @Override
                        public boolean begin(Consumer consumer, Endpoint endpoint) {
                            throw error;
                        }
                    });
                    return program;
                });

        await("the Error ends the process").until(() -> fatal.equals(List.of(error)));
    }

    @Test
    void sameAnswerCompressedSendsNothingTwiceAndOverwritesNothing() throws Exception {
        services.start();
        state.drop("answer.json", ANSWER);
        state.await("replay/done", 1);
        state.drop("answer.json", ANSWER);
        state.await("replay/done", 2);
        state.drop("answer.json.gz", Gzip.of(ANSWER));

        state.await("replay/done", 3);

        assertThat(services.rows()).hasSize(3).doesNotHaveDuplicates();
        assertThat(services.reads(Purpose.REPLAY).get(2).counts().get("messagesBlocked"))
                .containsEntry("duplicate", 2L);
    }

    @Test
    void replayOfAPolledAnswerSendsNothingTwice() throws Exception {
        byte[][] answer = {null};
        services.tapProxy().rewrite(body -> answer[0] = body);
        services.start().poll();

        state.drop("poll.json", answer[0]);
        state.await("replay/done", 1);

        assertThat(services.rows()).isEqualTo(services.firstHour());
    }

    @Test
    void pollDuringAReplayWaitsForTheFile() throws Exception {
        services.sinkProxy().hold();
        RunningProgram program = services.start();
        state.drop("answer.json", ANSWER);
        await("the replay waits for the sink").until(() -> services.sinkProxy().held() > 0);
        CompletableFuture<Void> poll = program.pollInBackground();
        await("the poll waits")
                .during(Duration.ofMillis(500))
                .until(() -> !poll.isDone() && services.tapProxy().requests() == 0);

        services.sinkProxy().release();
        poll.get(30, TimeUnit.SECONDS);

        assertThat(services.tapProxy().requests()).isEqualTo(1);
        assertThat(services.reads()).extracting(LedgerEntry::purpose).containsExactly(Purpose.REPLAY, Purpose.POLL);
    }

    @Test
    void rejectedRecordIsSentOnceDespiteItsDurableKey() throws Exception {
        RunningProgram program = services.start();
        String document = rejected(program, Reason.REFUSED, fields("r1"));

        state.drop("one.json", document);
        state.await("replay/done", 1);
        assertThat(services.rows()).hasSize(1);
        assertThat(log.lines())
                .anyMatch(line -> line.contains("; " + HumanText.bytes(document.length()) + ", processed in "));
        assertThat(services.store().number("SELECT count(*) FROM seen WHERE rejected = 1"))
                .isZero();

        state.drop("one.json", document);
        state.await("replay/done", 2);
        assertThat(services.rows()).hasSize(1);
    }

    @Test
    void recordWithOddValuesKeepsItsIdentity() throws Exception {
        RunningProgram program = services.start();
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

        state.drop("odd.json", rejected(program, Reason.TOO_LARGE, odd));

        state.await("replay/done", 1);
        assertThat(services.rows().size()).isEqualTo(1);
    }

    @Test
    void recordOfANewlyKnownTypeIsSent() throws Exception {
        RunningProgram program = services.start();

        state.drop("known.json", rejected(program, Reason.UNKNOWN_TYPE, fields("r1")));

        state.await("replay/done", 1);
        assertThat(services.rows()).hasSize(1);
    }

    @Test
    void uncutEventOfACappedRecordIsADuplicate() throws Exception {
        RunningProgram program = services.start();
        TapEvent event = event(fields("r1"));
        program.program().sentinel().getDeliveryLog().delivered(0, List.of(event));

        state.drop("capped.json", document(Reason.CAPPED, event));

        state.await("replay/done", 1);
        assertThat(services.rows()).isEmpty();
        assertThat(services.reads(Purpose.REPLAY).get(0).counts().get("messagesBlocked"))
                .containsEntry("duplicate", 1L);
    }

    @Test
    void uncutEventIsRefusedWhenItsKeyIsDeleted() throws Exception {
        services.start();
        state.drop("capped.json", document(Reason.CAPPED, event(fields("r1"))));

        assertThat(state.reason()).contains("sent twice");
        assertThat(services.rows()).isEmpty();
    }

    @Test
    void changedRecordMovesToFailedWithAReasonWithoutContent() throws Exception {
        RunningProgram program = services.start();
        String document = rejected(program, Reason.REFUSED, fields("r1"));
        List<List<String>> edits = List.of(
                List.of("\"id\":\"r1\"", "\"id\":\"r9\"", "another event"),
                List.of("messagesBlocked", "messagesHeld", "its type is unknown"),
                List.of("\"record\":{", "\"record\":[{", "cut or not JSON at byte"),
                List.of("}}", "}", "cut or not JSON"));
        for (int i = 0; i < edits.size(); i++) {
            String name = "edited-" + i + ".json";
            String reason = edits.get(i).get(2);
            assertThat(document).contains(edits.get(i).get(0));

            state.drop(name, document.replace(edits.get(i).get(0), edits.get(i).get(1)));

            assertThat(state.reason(name)).contains(reason).doesNotContain(StateFolder.MARKER);
            assertThat(state.files("replay/failed"))
                    .hasSize(2 * (i + 1))
                    .allSatisfy(
                            file -> assertThat(StateFolder.permissions(file)).isEqualTo("rw-------"));
            assertThat(log.lines())
                    .anyMatch(line -> line.startsWith("WARN") && line.contains(name) && line.contains(reason))
                    .noneMatch(line -> line.contains(StateFolder.MARKER) || line.contains("\tat "));
            assertThat(services.rows()).isEmpty();
        }
    }

    @Test
    void truncatedAnswerSendsNothing() throws Exception {
        services.start();
        state.drop("cut.json", ANSWER.substring(0, ANSWER.length() - 5));
        assertThat(state.reason()).contains("cut or not JSON");
        assertThat(services.rows()).isEmpty();
    }

    @Test
    void decompressionBombIsRefused() throws Exception {
        services.start();
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        try (GZIPOutputStream packed = new GZIPOutputStream(bomb)) {
            packed.write("{\"messagesBlocked\":[{\"id\":\"1\",\"x\":[0".getBytes(StandardCharsets.UTF_8));
            byte[] zeros = ",0".repeat(500_000).getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i < 30; i++) {
                packed.write(zeros);
            }
        }
        state.drop("bomb.json.gz", bomb.toByteArray());

        assertThat(state.reason()).contains("the document is cut or not JSON at byte 30000036");
    }

    @Test
    void oldAnswerIsRefusedWhenItsKeysAreDeleted() throws Exception {
        services.start().poll().stop();
        services.clock().advance(Duration.ofDays(9));
        services.start();

        state.drop("old.json", ANSWER);

        assertThat(state.reason()).contains("2026-11-20 10:59-11:59 UTC").contains("sent twice");
        assertThat(services.reads(Purpose.REPLAY)).isEmpty();
    }

    @Test
    void oldAnswerOfUnreadTimeIsSent() throws Exception {
        services.start().poll().stop();
        services.clock().advance(Duration.ofDays(9));
        services.start();

        state.drop("gap.json", ANSWER.replace("2026-11-20T11:59:00Z", "2026-11-20T10:00:00Z"));

        state.await("replay/done", 1);
        assertThat(services.reads(Purpose.REPLAY)).hasSize(1);
    }

    @Test
    void stopLeavesTheFileForTheNextStart() throws Exception {
        services.sinkProxy().hold();
        RunningProgram program = services.start();
        state.drop("answer.json", ANSWER);
        await("a batch is in flight")
                .atMost(Duration.ofSeconds(30))
                .until(() -> services.sinkProxy().held() > 0);
        CompletableFuture<String> stop = CompletableFuture.supplyAsync(() -> {
            try {
                return program.stop();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        await("the stop has begun")
                .until(() -> !program.camel().getStatus().isStarted()
                        || program.camel().isStopping());
        services.sinkProxy().release();
        stop.join();
        // the events were handed out before the stop: the read either finished or is still to be done
        assertThat(state.documents("replay").size()
                        + state.documents("replay/done").size())
                .isEqualTo(1);
        assertThat(state.documents("replay/failed")).isEmpty();

        services.start();
        state.await("replay/done", 1);
        assertThat(services.rows()).hasSize(3).doesNotHaveDuplicates();
    }

    @Test
    void stopInTheMiddleOfALongAnswerLeavesTheFile() throws Exception {
        services.sinkProxy().hold();
        RunningProgram program = services.start((settings, properties, clock, committed) -> {
            Program ofFew = new Program(settings, properties, clock, committed);
            ofFew.sentinel().getConfiguration().setMaxPending(500);
            return ofFew;
        });
        StringBuilder many = new StringBuilder("{\"clicksPermitted\":[{\"id\":\"0\"}");
        for (int i = 1; i < 2_000; i++) {
            many.append(",{\"id\":\"").append(i).append("\"}");
        }
        state.drop("many.json", many.append("]}").toString());
        await("maxPending is reached in the middle of the file")
                .atMost(Duration.ofSeconds(30))
                .until(() -> program.program().sentinel().deliveryStatus().pending() >= 500);
        CompletableFuture<Void> stop = CompletableFuture.runAsync(program.program()::stop);
        stop.join();
        services.sinkProxy().release();
        program.stop();
        assertThat(state.documents("replay")).hasSize(1);
        assertThat(state.documents("replay/failed")).isEmpty();

        services.start();
        state.await("replay/done", 1);
        assertThat(services.rows()).hasSize(2_000).doesNotHaveDuplicates();
    }

    @Test
    void replayWaitsForARunningPoll() throws Exception {
        services.tapProxy().hold();
        RunningProgram program = services.start();
        CompletableFuture<Void> poll = program.pollInBackground();
        await("TAP has not answered yet").until(() -> services.tapProxy().held() == 1);
        state.drop("answer.json", ANSWER);
        await("the replay has begun")
                .during(Duration.ofMillis(500))
                .until(() -> services.rows().isEmpty());

        services.tapProxy().release();
        poll.join();

        state.await("replay/done", 1);
        assertThat(services.reads().stream().map(LedgerEntry::purpose))
                .containsExactly(LedgerEntry.Purpose.POLL, LedgerEntry.Purpose.REPLAY);
    }

    @Test
    void documentWithRejectedRecordsMovesToFailedWithTheirNumber() throws Exception {
        services.start(new Parts() {
            @Override
            protected IdempotentRepository repository(EventType type, SeenKeys seen) {
                return new SeenRepository(type, seen) {
                    @Override
                    public boolean add(Exchange exchange, String key) {
                        TapEvent event = exchange.getProperty(TapEvent.PROPERTY, TapEvent.class);
                        if (event.getId().equals("r2")) {
                            BrokenEventLife.put(event, Outcome.REJECTED);
                            return false;
                        }
                        return super.add(exchange, key);
                    }
                };
            }
        });
        state.drop("answer.json", ANSWER);

        assertThat(state.reason()).contains("1 of 3 records rejected; see tap.rejected.uri");
        assertThat(services.rows()).hasSize(2);
        assertThat(services.reads(Purpose.REPLAY).get(0).counts().get("messagesBlocked"))
                .containsEntry("rejected", 1L)
                .containsEntry("new", 1L);
    }

    @Test
    void messageOfAnotherEndpointIsReplayedAndFailureIsReported() throws Exception {
        services.with("tap.replay.uri", "direct:brought");
        RunningProgram program = services.start();
        try (ProducerTemplate template = program.camel().createProducerTemplate()) {
            template.sendBody("direct:brought", Gzip.of(ANSWER));
            assertThat(services.rows()).hasSize(3);

            assertThatThrownBy(() -> template.sendBody(
                            "direct:brought", "{\"messagesBlocked\":[{\"subject\":\"" + StateFolder.MARKER))
                    .hasCauseInstanceOf(ReplayRefusedException.class)
                    .hasRootCauseMessage("the document is cut or not JSON at byte 46");
        }
        assertThat(state.files("spool")).isEmpty();
    }

    @Test
    void progressAndBacklogDoNotChange() throws Exception {
        services.start().poll().stop();
        services.clock().advance(Duration.ofHours(5));
        services.start().poll();
        Instant before = services.store().progress();
        long owed = services.store().number("SELECT sum(to_at - from_at) FROM backlog");
        assertThat(owed).isPositive();

        // an answer for time in the backlog
        state.drop("answer.json", ANSWER.replace("11:59:00Z", "15:59:00Z"));
        state.await("replay/done", 1);

        assertThat(services.store().progress()).isEqualTo(before);
        assertThat(services.store().number("SELECT sum(to_at - from_at) FROM backlog"))
                .isEqualTo(owed);
    }

    /** The stored document of a record that the program rejected. */
    private String rejected(RunningProgram program, Reason reason, Map<String, Object> fields) throws IOException {
        TapEvent event = event(fields);
        program.program().sentinel().getRejectedLog().store(record(reason, event));
        program.program().sentinel().getDeliveryLog().rejected(event);
        List<Path> files = state.documents("rejected");
        assertThat(files).hasSize(1);
        return Files.readString(files.get(0));
    }

    private static String document(Reason reason, TapEvent event) {
        return new String(RejectedDocument.bytes(record(reason, event)), StandardCharsets.US_ASCII);
    }

    private static RejectedRecord record(Reason reason, TapEvent event) {
        return RejectedRecord.of(event, reason, SimulatedServices.START, null, event.getFields());
    }

    private static TapEvent event(Map<String, Object> fields) {
        return new TapEvent(TYPE, EventIdentity.of(TYPE, fields), 0, SimulatedServices.START, fields);
    }

    private static Map<String, Object> fields(String id) {
        return new HashMap<>(
                Map.of("id", id, "GUID", "g-" + id, "subject", StateFolder.MARKER, "recipient", List.of("a@x")));
    }
}
