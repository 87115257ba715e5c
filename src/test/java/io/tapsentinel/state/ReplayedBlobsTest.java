package io.tapsentinel.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.state.ReplayedBlobs.Blob;
import io.tapsentinel.tap.Plan;
import io.tapsentinel.tap.Progress;
import io.tapsentinel.tap.TimeRange;
import io.tapsentinel.testing.MovableClock;
import io.tapsentinel.testing.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayedBlobsTest {

    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
    private static final Blob A = new Blob("tap/a.json", "0x1");
    private static final Blob B = new Blob("tap/b.json", "0x2");

    @TempDir
    Path folder;

    private final MovableClock clock = new MovableClock(NOW);

    @AutoClose
    private Store store;

    private ReplayedBlobs blobs;

    @BeforeEach
    void open() {
        store = TestDatabase.open(folder.resolve("tap.db"));
        blobs = new ReplayedBlobs(store, "account/container", clock);
    }

    @Test
    void aVersionThatWasBroughtInIsKnownInItsContainerOverARestart() {
        blobs.add(A);
        store.close();
        open();

        assertThat(blobs.unknown(List.of(B, A))).containsExactly(B);
        assertThat(new ReplayedBlobs(store, "account/other", clock).unknown(List.of(A)))
                .containsExactly(A);
        assertThat(blobs.unknown(List.of())).isEmpty();
    }

    @Test
    void aChangedOneIsUnknownUntilItWasBroughtInToo() {
        Blob changed = new Blob(A.name(), "0x9");
        blobs.add(A);
        assertThat(blobs.unknown(List.of(changed))).containsExactly(changed);

        blobs.add(changed);

        assertThat(blobs.unknown(List.of(changed))).isEmpty();
        assertThat(blobs.unknown(List.of(A))).containsExactly(A);
    }

    @Test
    void moreThanOneQueryTakesKeepTheirOrder() {
        List<Blob> many = IntStream.range(0, 1_201)
                .mapToObj(i -> new Blob("b" + i, "0x" + i))
                .toList();
        blobs.add(many.get(700));

        assertThat(blobs.unknown(many))
                .hasSize(1_200)
                .startsWith(many.get(0))
                .endsWith(many.get(1_200))
                .doesNotContain(many.get(700));
    }

    @Test
    void whatIsStillThereIsKnownForEverAndWhatIsGoneIsForgottenAYearLater() {
        blobs.add(A);
        blobs.add(B);
        for (int day = 0; day < 370; day += 5) {
            clock.advance(Duration.ofDays(5));
            blobs.unknown(List.of(A));
        }

        new ReadState(store, clock).prune();

        assertThat(blobs.unknown(List.of(A, B))).containsExactly(B);
        assertThat(store.<Long>transaction(connection -> Sql.number(connection, "SELECT count(*) FROM replayed")))
                .isEqualTo(1);
    }

    @Test
    void timeThatTheLedgerForgotCountsAsReadButForGapsAndWhatWasBeforeTheFirstStart() {
        ReadState state = new ReadState(store, clock);
        Instant origin = NOW.minus(Duration.ofDays(200));
        TimeRange gap = new TimeRange(NOW.minus(Duration.ofDays(150)), NOW.minus(Duration.ofDays(140)));
        state.commit(
                new Plan(Optional.empty(), List.of(), List.of(gap), new Progress(origin, NOW)),
                new LedgerEntry(NOW, new TimeRange(NOW, NOW), LedgerEntry.Purpose.POLL, Map.of()),
                Also.NOTHING);
        Instant before = NOW.minus(Duration.ofDays(7));

        assertThat(state.wasRead(hour(120), before)).as("read").isTrue();
        assertThat(state.wasRead(hour(200), before))
                .as("the hour of the first start")
                .isTrue();
        assertThat(state.wasRead(hour(201), before)).as("before it").isFalse();
        assertThat(state.wasRead(hour(145), before)).as("a gap").isFalse();
        assertThat(state.wasRead(hour(80), before)).as("the ledger would tell").isFalse();
    }

    /** The hour that began half an hour before. */
    private static TimeRange hour(int daysAgo) {
        Instant middle = NOW.minus(Duration.ofDays(daysAgo));
        return new TimeRange(middle.minusSeconds(1_800), middle.plusSeconds(1_800));
    }
}
