package io.tapsentinel.monitoring;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tapsentinel.event.EventType;
import io.tapsentinel.testing.DrawnEvents;
import io.tapsentinel.testing.FaultProxy.Fault;
import io.tapsentinel.testing.SimulatedDays;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each alert with the running program: quiet before a fault, firing during it, quiet after it. */
@Tag("full")
class AlertFaultsIT {

    private static final Instant START = SimulatedDays.START;
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration FOUR_MINUTES = Duration.ofMinutes(4);
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    @Test
    void wrongSecret() throws Exception {
        Path secret = Files.writeString(folder.resolve("secret"), "hush-hush");
        try (FaultRun run = run(Duration.ofHours(4), 200, MINUTE)) {
            run.day().services().without("tap.secret").with("tap.secret-file", secret.toString());
            run.start().to(minutes(30));
            Files.writeString(secret, "wrong");
            run.to(minutes(150));
            Files.writeString(secret, "hush-hush");
            run.to(minutes(200));

            run.quietUntil(minutes(30))
                    .fires(minutes(145), "TapSentinelTapRefuses", "TapSentinelLag", "TapSentinelNoPoll")
                    .fires(minutes(200))
                    .judge("credentials", MINUTE);
        }
    }

    @Test
    void sentinelRefuses() throws Exception {
        try (FaultRun run = run(Duration.ofHours(2), 500, MINUTE)) {
            run.start().to(minutes(30));
            run.day().services().sinkProxy().next(100_000, Fault.FORBIDDEN);
            run.to(minutes(50));
            run.day().services().sinkProxy().forget();
            run.to(minutes(70));

            run.quietUntil(minutes(30))
                    .fires(minutes(50), "TapSentinelSinkRefuses")
                    .fires(minutes(70))
                    .judge("refuses", MINUTE);
        }
    }

    @Test
    void sentinelKeepsFailing() throws Exception {
        try (FaultRun run = run(Duration.ofHours(3), 500, MINUTE)) {
            run.start().to(minutes(30));
            run.day().services().sinkProxy().next(100_000, Fault.REFUSE);
            run.to(minutes(70));
            run.day().services().sinkProxy().forget();
            run.to(minutes(90));

            run.quietUntil(minutes(30))
                    .fires(minutes(70), "TapSentinelSinkFailing", "TapSentinelLag")
                    .fires(minutes(90))
                    .judge("fails", MINUTE);
        }
    }

    @Test
    void oneTableRefuses() throws Exception {
        try (FaultRun run = run(Duration.ofHours(3), 500, MINUTE)) {
            run.start().to(minutes(30));
            run.day().services().sinkProxy().always(EventType.MESSAGES_DELIVERED.table(), Fault.FORBIDDEN);
            run.to(minutes(90));
            run.day().services().sinkProxy().forget();
            run.to(minutes(150));

            run.quietUntil(minutes(30))
                    .fires(minutes(50), "TapSentinelTableSuspended")
                    .fires(minutes(90), "TapSentinelTableDown")
                    .fires(minutes(150))
                    .judge("table", MINUTE);
        }
    }

    @Test
    void stoppedForNineDays() throws Exception {
        Duration back = Duration.ofDays(9);
        try (FaultRun run = run(back.plusDays(2), 5, FOUR_MINUTES)) {
            run.day().with("tap.sweep.ages", "none");
            run.start().to(minutes(60)).awayTo(back).start().to(back.plusHours(26));

            run.quietUntil(minutes(60))
                    .fires(Duration.ofHours(3), "TapSentinelGone")
                    .fires(back.plusHours(2), "TapSentinelGap")
                    .fires(back.plusHours(26))
                    .judge("gap", minutes(20));
        }
    }

    @Test
    void eventOfATypeWithoutATable() throws Exception {
        try (FaultRun run = run(Duration.ofHours(3), 200, MINUTE)) {
            run.start().to(minutes(31));
            run.tap()
                    .rewrite(body -> edit(
                            body,
                            answer -> answer.putArray("messagesHeld")
                                    .addObject()
                                    .put("GUID", "one")
                                    .put("messageTime", START.plus(minutes(20)).toString())));
            run.to(minutes(36));
            run.tap().rewrite(body -> body);
            run.to(minutes(120));

            run.quietUntil(minutes(31))
                    .fires(minutes(40), "TapSentinelRejected")
                    .fires(minutes(120))
                    .judge("rejected", MINUTE);
        }
    }

    @Test
    void hourMissesAnEventUntilItsNextSweep() throws Exception {
        try (FaultRun run = run(Duration.ofHours(10), 200, FOUR_MINUTES)) {
            run.start().to(minutes(320));
            sql(
                    run,
                    "UPDATE sweep SET ours = ours - 1 WHERE stream = 'messagesBlocked' AND hour = (SELECT min(hour) FROM sweep)");
            run.to(minutes(600));

            run.quietUntil(minutes(320))
                    .fires(minutes(380), "TapSentinelIncomplete")
                    .fires(minutes(600))
                    .judge("incomplete", FOUR_MINUTES);
        }
    }

    @Test
    void budgetIsNearlyUsedUpUntilTheFirstDayEnds() throws Exception {
        try (FaultRun run = run(Duration.ofHours(27), 50, FOUR_MINUTES)) {
            run.day()
                    .with("tap.sweep.ages", "none")
                    .with("tap.poll.cron", "0 0/15 * * * ?")
                    .with("tap.poll.backfill", "PT8H")
                    .budget(110);
            run.start().to(Duration.ofHours(26));

            run.quietUntil(Duration.ofHours(20))
                    .fires(minutes(1_430), "TapSentinelBudgetLow")
                    .fires(Duration.ofHours(26))
                    .judge("budget", FOUR_MINUTES);
        }
    }

    @Test
    void noNewEventForSixHours() throws Exception {
        DrawnEvents events = new DrawnEvents(4)
                .add(300, START, START.plus(Duration.ofHours(1)), Duration.ZERO, MINUTE)
                .add(300, START.plus(Duration.ofHours(9)), START.plus(Duration.ofHours(11)), Duration.ZERO, MINUTE);
        try (FaultRun run = new FaultRun(folder, events, FOUR_MINUTES)) {
            run.start().to(Duration.ofHours(10));

            run.quietUntil(Duration.ofHours(7))
                    .fires(minutes(520), "TapSentinelSilence")
                    .fires(Duration.ofHours(10))
                    .judge("silence", FOUR_MINUTES);
        }
    }

    @Test
    void noNewEventInOneTableForADay() throws Exception {
        Duration fault = Duration.ofDays(8);
        Duration over = fault.plusHours(28);
        try (FaultRun run = run(over.plusHours(6), 10, FOUR_MINUTES)) {
            run.day().with("tap.sweep.ages", "none").with("tap.poll.cron", "0 0/30 * * * ?");
            run.start().to(fault);
            run.tap().rewrite(body -> edit(body, answer -> answer.remove("messagesBlocked")));
            run.to(over);
            run.tap().rewrite(body -> body);
            run.to(over.plusHours(4));

            run.quietUntil(fault)
                    .fires(over, "TapSentinelTableSilence")
                    .fires(over.plusHours(4))
                    .judge("table-silence", minutes(60));
        }
    }

    @Test
    void storeDoesNotAnswer() throws Exception {
        try (FaultRun run = run(Duration.ofHours(2), 200, MINUTE)) {
            run.start().to(minutes(20));
            sql(run, "ALTER TABLE gap RENAME TO gap_away");
            run.to(minutes(34));
            sql(run, "ALTER TABLE gap_away RENAME TO gap");
            run.to(minutes(50));

            run.quietUntil(minutes(20))
                    .fires(minutes(34), "TapSentinelStoreUnreadable")
                    .fires(minutes(50))
                    .judge("store", MINUTE);
        }
    }

    @Test
    void archiveAcceptsNothingAndTheOutboxIsFull() throws Exception {
        Path archive = Files.createDirectories(folder.resolve("archive"));
        Path outbox = folder.resolve("outbox");
        Instant now = Instant.now();
        DrawnEvents events = new DrawnEvents(4)
                .add(3_000, now.minus(minutes(90)), now.plus(Duration.ofHours(6)), Duration.ZERO, MINUTE);
        try (FaultRun run = new FaultRun(folder, events, MINUTE)) {
            // files carry the machine's time
            run.day()
                    .pass(Duration.between(START, now))
                    .with("tap.archive.uri", "file:" + archive)
                    .with("tap.archive.outbox", outbox.toString())
                    .with("tap.archive.max-megabytes", "1");
            run.start().to(minutes(20));
            awaitEmpty(outbox);
            Files.move(archive, folder.resolve("archive-away"));
            Files.createFile(archive);
            run.to(minutes(110));
            Path heap = Files.write(outbox.resolve("heap"), new byte[1_100_000]);
            run.to(minutes(116));
            Files.delete(heap);
            Files.delete(archive);
            Files.move(folder.resolve("archive-away"), archive);
            // longer than the longest retry pause
            run.to(minutes(129));
            awaitEmpty(outbox);
            for (int minute = 130; minute <= 184; minute++) {
                // at any poll: the archive's own thread does not follow simulated time
                run.to(minutes(minute));
                awaitEmpty(outbox);
            }

            run.quietUntil(minutes(20))
                    .fires(minutes(105), "TapSentinelArchiveFailing")
                    .fires(minutes(116), "TapSentinelArchiveFailing", "TapSentinelArchiveDrops")
                    .fires(minutes(184))
                    .judge("archive", MINUTE);
        }
    }

    private static void awaitEmpty(Path outbox) {
        Awaitility.await("the outbox is sent").atMost(Duration.ofSeconds(30)).until(() -> {
            try (var files = Files.list(outbox)) {
                return files.findAny().isEmpty();
            }
        });
    }

    /** With this many events per hour. */
    private FaultRun run(Duration length, int eventsPerHour, Duration step) throws IOException {
        int count = (int) (eventsPerHour * length.toHours());
        return new FaultRun(
                folder,
                new DrawnEvents(4)
                        .add(count, START.minus(Duration.ofHours(1)), START.plus(length), Duration.ZERO, MINUTE),
                step);
    }

    private static Duration minutes(long minutes) {
        return Duration.ofMinutes(minutes);
    }

    private static void sql(FaultRun run, String statement) throws SQLException {
        try (Connection store = run.day().store().connect()) {
            store.createStatement().execute(statement);
        }
    }

    private static byte[] edit(byte[] body, Consumer<ObjectNode> edit) {
        try {
            if (body.length == 0) {
                return body;
            }
            ObjectNode answer = (ObjectNode) JSON.readTree(body);
            edit.accept(answer);
            return JSON.writeValueAsBytes(answer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
