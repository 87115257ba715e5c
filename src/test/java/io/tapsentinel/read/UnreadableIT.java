package io.tapsentinel.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.tap.plan.TimeRange;
import io.tapsentinel.testing.FaultProxy.Fault;
import io.tapsentinel.testing.LogLines;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.SimulatedServices;
import io.tapsentinel.testing.StateFolder;
import io.tapsentinel.testing.UnreadableInstants;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Instants whose answers can never be read: in the backlog, in a fresh window and in a closed hour. */
class UnreadableIT {

    /** The hour before the first fresh window. */
    private static final Instant OLDER = SimulatedServices.ORIGIN.minus(Duration.ofHours(1));

    private static final Duration LEAST = Duration.ofSeconds(30);
    /** Additional requests that one instant may cost. */
    private static final int MOST_MORE = 14;

    @AutoClose
    private final SimulatedServices services = new SimulatedServices().with("tap.retry.pauses", "PT0S,PT0S,PT0S");

    private final UnreadableInstants tap = new UnreadableInstants(services.tapProxy());

    @RegisterExtension
    final LogLines log = new LogLines();

    @Tag("full")
    @ParameterizedTest
    @ValueSource(doubles = {0.001, 1, 450, 449.5, 900.25, 1799, 1800.5, 1801, 2701, 3569, 3570, 3599})
    void instantNearABoundaryCostsNoMoreRequests(double second) throws Exception {
        instantInADueHourCostsAtMostFourteenRequestsAndThirtySeconds(second);
    }

    /** Of 3,600 s; 1,800 and 450 are boundaries. */
    @ParameterizedTest
    @ValueSource(doubles = {0, 0.5, 1033, 1800, 3599.5})
    void instantInADueHourCostsAtMostFourteenRequestsAndThirtySeconds(double second) throws Exception {
        Instant at = OLDER.plusMillis((long) (second * 1_000));
        tap.add(at);
        services.with("tap.poll.start", OLDER.toString());
        RunningProgram program = services.start().pollWithTimeLeft();
        services.clock().advance(Duration.ofMinutes(5));
        program.pollWithTimeLeft();

        // two fresh windows and the hour itself
        int more = tap.asked().size() - 3;
        assertThat(more).isBetween(1, MOST_MORE);
        assertOneGapAround(at);
        assertThat(services.store().backlog()).isEmpty();
        assertSettled();
        assertAllElseLanded();
        assertThat(log.line("ERROR"))
                .contains("cannot be read after 2 attempts", "TAP's answer", "answer-2026", "tap.replay.uri");
        assertThat(log.lines("UTC failed, now a gap: ")).hasSize(1);
        int before = tap.asked().size();

        services.clock().advance(Duration.ofMinutes(5));
        program.pollWithTimeLeft();

        assertThat(tap.asked()).as("not requested again").hasSize(before + 1);
        assertThat(program.healthDetail("tap-completeness", "tap.gap.reason"))
                .matches("TAP's answer cannot be read \\(2 attempts\\): [^T]+ at byte \\d+ of the stored answer");
    }

    @Test
    void answerIsStoredUnchangedAndCountsAsRejected() throws Exception {
        tap.add(OLDER.plusSeconds(700));
        services.with("tap.poll.start", OLDER.toString());
        RunningProgram program = services.start().pollWithTimeLeft();
        services.clock().advance(Duration.ofMinutes(1));
        program.pollWithTimeLeft();
        assertThat(services.store().gaps()).as("the fault may pass").isEmpty();
        assertThat(log.lines("UTC failed, will retry in 4 min; a gap if that fails too"))
                .hasSize(1);
        services.clock().advance(Duration.ofMinutes(4));
        program.pollWithTimeLeft();

        Path answer = onlyAnswer();
        assertThat(answer.getFileName().toString())
                .matches("answer-20261120T\\d{6}Z-20261120T\\d{6}Z-unreadable\\.json");
        assertThat(Files.readString(answer))
                .startsWith("{")
                .contains("queryEndTime")
                .doesNotEndWith("}");
        assertThat(StateFolder.permissions(answer)).isEqualTo("rw-------");
    }

    @Test
    void timeStaysDueWhileItsAnswerCannotBeStored() throws Exception {
        tap.add(OLDER.plusSeconds(700));
        services.with("tap.poll.start", OLDER.toString()).with("tap.rejected.max-megabytes", "1");
        Path rejected = Files.createDirectories(services.folder().resolve("state/rejected"));
        try (RandomAccessFile full =
                new RandomAccessFile(rejected.resolve("full").toFile(), "rw")) {
            full.setLength(1_000_000);
        }
        RunningProgram program = services.start().pollWithTimeLeft();
        services.clock().advance(Duration.ofMinutes(5));
        program.pollWithTimeLeft();
        assertThat(services.store().gaps()).isEmpty();
        assertThat(services.store().backlog()).hasSize(1);
        assertThat(log.lines())
                .anyMatch(line -> line.startsWith("WARN") && line.contains("tap.rejected.max-megabytes"));

        Files.delete(rejected.resolve("full"));
        services.clock().advance(Duration.ofMinutes(5));
        assertThat(program.health("tap-completeness").getDetails()).containsKey("tap.unreadable");
        program.pollWithTimeLeft();

        assertThat(services.store().gaps()).hasSize(1);
        assertThat(onlyAnswer()).isNotEmptyFile();
        assertSettled();
    }

    @Test
    void freshWindowIsReadAroundTheInstantAndTheRestOnceMoreForLateRows() throws Exception {
        RunningProgram program = services.start().pollWithTimeLeft();
        Instant at = services.clock().now().plus(Duration.ofMinutes(2));
        tap.add(at);
        int polls = 24;
        tap.asked().clear();
        List<Integer> requests = new ArrayList<>();
        for (int i = 0; i < polls; i++) {
            services.clock().advance(Duration.ofMinutes(5));
            int before = tap.asked().size();
            program.pollWithTimeLeft();
            requests.add(tap.asked().size() - before);
            assertThat(services.store().progress())
                    .as("poll " + i + " has read up to the minute before")
                    .isAfterOrEqualTo(services.clock().now().minus(Duration.ofSeconds(i == 0 ? 600 : 90)));
        }
        assertThat(tap.asked()).hasSizeLessThanOrEqualTo(polls + MOST_MORE + 2);
        assertOneGapAround(at);
        TimeRange gap = services.store().gaps().get(0);
        assertThat(tap.asked().stream().filter(tap::contains)).hasSizeLessThanOrEqualTo(12);
        assertSettled();
        assertAllElseLanded();
        for (Instant each = at.minus(Duration.ofHours(1));
                each.isBefore(at.plus(Duration.ofHours(1)));
                each = each.plusSeconds(7)) {
            Instant instant = each;
            assertThat(isIn(gap, instant)
                            || services.reads().stream()
                                    .anyMatch(read -> isIn(read.window(), instant)
                                            && !read.readAt().isBefore(instant.plus(Duration.ofMinutes(30)))))
                    .as(instant + " was read 30 minutes after it or later")
                    .isTrue();
        }
    }

    @Tag("full")
    @ParameterizedTest
    @ValueSource(
            strings = {"10,60", "315,361,517,572", "0,40", "0,80", "0,240", "0,300,600,900", "0,40,80,120,160,200"})
    void furtherInstantsInAFreshWindowDoNotDelayNewerTime(String seconds) throws Exception {
        severalInstantsInAFreshWindowDoNotDelayNewerTime(seconds);
    }

    @ParameterizedTest
    @ValueSource(strings = {"10,60,285", "0,20,45,80", "0,1200,2400"})
    void severalInstantsInAFreshWindowDoNotDelayNewerTime(String seconds) throws Exception {
        RunningProgram program = services.start().pollWithTimeLeft();
        Instant first = services.clock().now().plus(Duration.ofMinutes(2));
        List<Instant> places = Stream.of(seconds.split(","))
                .map(each -> first.plusSeconds(Long.parseLong(each)))
                .toList();
        places.forEach(tap::add);
        tap.asked().clear();
        int polls = 30;
        for (int i = 0; i < polls; i++) {
            services.clock().advance(Duration.ofMinutes(5));
            program.pollWithTimeLeft();
            assertThat(services.store().progress())
                    .as("poll " + i + " has read up to the minute before")
                    .isAfterOrEqualTo(services.clock().now().minus(Duration.ofSeconds(600)));
        }
        assertThat(tap.asked()).hasSizeLessThanOrEqualTo(polls + places.size() * (MOST_MORE + 4));
        List<TimeRange> gaps = services.store().gaps();
        assertThat(gaps).allMatch(gap -> gap.length().compareTo(LEAST) <= 0, "is short");
        assertThat(gaps.stream().mapToLong(gap -> gap.length().toSeconds()).sum())
                .isLessThanOrEqualTo(places.size() * LEAST.toSeconds());
        assertThat(places).allMatch(at -> gaps.stream().anyMatch(gap -> isIn(gap, at)));
        assertSettled();
        assertAllElseLanded();
    }

    @Test
    void sweepReadsAroundAGapAndFindsANewUnreadableInstant() throws Exception {
        Instant seven = Instant.parse("2026-11-20T07:00:00Z");
        services.with("tap.poll.start", seven.toString());
        RunningProgram program = services.start().pollWithTimeLeft();
        assertThat(services.store().backlog()).isEmpty();
        Instant at = seven.plusSeconds(1_234);
        tap.add(at);
        tap.asked().clear();

        program.sweep();
        assertThat(services.reads(Purpose.SWEEP)).isEmpty();
        program.sweep();
        assertThat(services.store().backlog()).as("it is narrowed down there").hasSize(1);
        program.pollWithTimeLeft();
        services.clock().advance(Duration.ofMinutes(5));
        program.pollWithTimeLeft();
        program.sweep();

        assertOneGapAround(at);
        TimeRange gap = services.store().gaps().get(0);
        assertThat(services.reads(Purpose.SWEEP))
                .extracting(read -> read.window())
                .containsExactly(
                        new TimeRange(seven, gap.from()), new TimeRange(gap.to(), seven.plus(Duration.ofHours(1))));
        // two for the polls, one for a sweep without trouble
        int more = tap.asked().size() - 3;
        assertThat(more).isLessThanOrEqualTo(MOST_MORE);
        assertThat(services.store().number("SELECT count(*) FROM sweep")).isPositive();
        assertSettled();
        assertAllElseLanded();

        for (int sweeps = 0; sweeps < 2; sweeps++) {
            int before = tap.asked().size();
            services.clock().advance(Duration.ofHours(4));
            program.pollWithTimeLeft().sweep();

            assertThat(tap.asked().subList(before, tap.asked().size()).stream().filter(gap::overlaps))
                    .as("a later sweep requests it alone, in case the fault has passed")
                    .containsExactly(new TimeRange(gap.to().minus(LEAST), gap.to()));
            assertThat(log.lines()).anyMatch(line -> line.contains("UTC failed, still a gap: "));
            assertThat(services.store().gaps()).containsExactly(gap);
            assertThat(onlyAnswer()).isNotEmptyFile();
            assertSettled();
        }
        assertAllElseLanded();
    }

    @Test
    void laterSweepThatReadsAGapRemovesIt() throws Exception {
        tap.add(OLDER.plusSeconds(1_234));
        services.with("tap.poll.start", OLDER.toString());
        RunningProgram program = services.start().pollWithTimeLeft();
        services.clock().advance(Duration.ofMinutes(5));
        program.pollWithTimeLeft();
        assertThat(services.store().gaps()).hasSize(1);
        assertThat(onlyAnswer()).isNotEmptyFile();
        tap.heal();

        services.clock().advance(Duration.ofHours(5));
        program.pollWithTimeLeft().sweep();

        assertThat(services.store().gaps()).isEmpty();
        assertThat(services.folder().resolve("state/rejected")).isEmptyDirectory();
        assertThat(log.lines()).anyMatch(line -> line.contains("was read after all"));
        Instant settled = services.clock().now().minus(Duration.ofMinutes(40));
        services.delivered()
                .assertNoneLost(services.truth(OLDER, services.store().progress(), settled));
        services.delivered()
                .assertNoneTwice(services.truth(
                        OLDER, services.clock().now(), services.clock().now()));
        assertSettled();
    }

    @Test
    void nothingIsGivenUpWhileEveryAnswerIsUnreadable() throws Exception {
        services.with("tap.poll.backfill", "PT3H");
        RunningProgram program = services.start().pollWithTimeLeft();
        for (long second = -3 * 3_600; second < 6 * 3_600; second += 20) {
            tap.add(SimulatedServices.START.plusSeconds(second));
        }
        for (int i = 0; i < 40; i++) {
            services.clock().advance(Duration.ofMinutes(5));
            program.pollWithTimeLeft().sweep();
        }
        assertThat(services.store().gaps()).isEmpty();

        services.tapProxy().rewrite(answer -> answer);
        int before = services.tapProxy().requests();
        services.clock().advance(Duration.ofMinutes(5));
        program.pollWithTimeLeft();

        assertThat(services.tapProxy().requests() - before).isLessThanOrEqualTo(12);
        assertThat(services.store().gaps()).isEmpty();
        assertThat(services.store().number("SELECT count(*) FROM unreadable WHERE bad = 1"))
                .isZero();
        Instant settled = services.clock().now().minus(Duration.ofMinutes(40));
        Instant from = SimulatedServices.ORIGIN.minus(Duration.ofHours(2));
        services.delivered()
                .assertNoneLost(services.truth(from, services.store().progress(), settled));
    }

    @Test
    void otherFailuresAreNotTreatedAsUnreadable() throws Exception {
        RunningProgram program = services.start();
        services.sinkProxy().next(40, Fault.REFUSE);
        for (int i = 0; i < 4; i++) {
            program.pollWithTimeLeft();
            assertSettled();
        }
        assertThat(services.reads()).isEmpty();
        services.sinkProxy().forget();

        program.pollWithTimeLeft();

        services.assertEverythingLandedOnce();
        assertSettled();
    }

    private void assertOneGapAround(Instant at) throws SQLException {
        assertThat(services.store().gaps())
                .singleElement()
                .matches(gap -> isIn(gap, at), "contains " + at)
                .matches(gap -> gap.length().compareTo(LEAST) <= 0, "is short");
    }

    private void assertSettled() throws SQLException {
        assertThat(services.store().number("SELECT count(*) FROM unreadable")).isZero();
        assertThat(services.store().number("SELECT count(*) FROM reading")).isZero();
    }

    private void assertAllElseLanded() throws SQLException {
        Instant from = services.store().number("SELECT origin FROM progress") == 0
                ? OLDER
                : Instant.ofEpochMilli(services.store().number("SELECT origin FROM progress"));
        List<TimeRange> read = List.of(new TimeRange(from, services.store().progress()));
        for (TimeRange gap : services.store().gaps()) {
            read = TimeRange.without(read, gap);
        }
        Instant settled = services.clock().now().minus(Duration.ofMinutes(40));
        for (TimeRange part : read) {
            services.delivered().assertNoneLost(services.truth(part.from(), part.to(), settled));
        }
        services.delivered()
                .assertNoneTwice(services.truth(
                        from, services.clock().now(), services.clock().now()));
    }

    private Path onlyAnswer() throws IOException {
        try (var files = Files.list(services.folder().resolve("state/rejected"))) {
            List<Path> all = files.toList();
            assertThat(all).hasSize(1);
            return all.get(0);
        }
    }

    private static boolean isIn(TimeRange range, Instant at) {
        return !at.isBefore(range.from()) && !at.isAfter(range.to());
    }
}
