package io.tapsentinel.store.keys;

import static io.tapsentinel.store.keys.VersionsFixture.CAMPAIGN;
import static io.tapsentinel.store.keys.VersionsFixture.FIRST;
import static io.tapsentinel.store.keys.VersionsFixture.STATUS;
import static io.tapsentinel.store.keys.VersionsFixture.THREAT;
import static io.tapsentinel.store.keys.VersionsFixture.event;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.event.Sighting;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.event.VerdictChange;
import io.tapsentinel.event.VerdictChange.Kind;
import io.tapsentinel.store.Sql;
import io.tapsentinel.testing.Claim;
import io.tapsentinel.testing.Events;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tap.updates=false}: the first row stays, and each new verdict counts once. */
public class CountedChangesTest {

    @TempDir
    Path folder;

    @AutoClose
    private VersionsFixture tap;

    @BeforeEach
    void open() {
        tap = new VersionsFixture(folder, false);
        tap.deliver(FIRST);
    }

    @Test
    void eachVerdictCountsOnceByItsDifferenceAlsoAfterARestart() {
        assertThat(tap.read(FIRST)).isEmpty();
        assertThat(kinds(tap.read(STATUS))).containsExactly(Set.of(Kind.STATUS));
        assertThat(tap.read(STATUS)).isEmpty();
        tap.restart();
        assertThat(tap.read(STATUS)).isEmpty();
        assertThat(kinds(tap.read(THREAT))).containsExactly(Set.of(Kind.THREAT));
        assertThat(kinds(tap.read(CAMPAIGN))).containsExactly(Set.of(Kind.CAMPAIGN));
        assertThat(tap.count("SELECT verdict FROM seen"))
                .as("the first verdict stays")
                .isEqualTo(FIRST);
        assertThat(tap.count("SELECT count(*) FROM version")).isEqualTo(3);
    }

    @Test
    void returnToAnEarlierVerdictIsNoChange() {
        tap.read(STATUS);

        assertThat(tap.read(FIRST)).isEmpty();
        assertThat(tap.read(STATUS)).isEmpty();
    }

    @Test
    void uncommittedReadRecordsNoVersion() {
        assertThat(tap.sighted(STATUS)).hasSize(1);
        assertThat(tap.sighted(STATUS)).hasSize(1);
        assertThat(tap.read(STATUS)).hasSize(1);
        assertThat(tap.sighted(STATUS)).isEmpty();
    }

    @Test
    void changedEventIsADuplicateWithoutUpdates() {
        assertThat(tap.deliver(STATUS)).isEqualTo(Claim.DELIVERED);
        assertThat(tap.seen.durable().isDone(VersionsFixture.sighting(STATUS))).isTrue();
        assertThat(tap.count("SELECT count(*) FROM version")).isZero();
    }

    @Test
    void keyWithUnknownFirstVerdictNeverChanges() {
        tap.store.transaction(connection -> Sql.update(connection, "UPDATE seen SET verdict = 0"));

        assertThat(tap.read(STATUS)).isEmpty();
    }

    @Test
    void oneChangeAmongManyIsFound() {
        List<TapEvent> events = IntStream.range(0, 1_201)
                .mapToObj(i -> Events.event(VersionsFixture.TYPE, "id-" + i))
                .toList();
        tap.seen.delivered(0, events);
        List<Sighting> all = IntStream.range(0, 1_201)
                .mapToObj(i -> new Sighting(events.get(i).ref(), events.get(i).getVerdict() + (i == 777 ? 1 : 0)))
                .toList();

        assertThat(tap.seen.sighted(all))
                .extracting(VerdictChange::event)
                .containsExactly(all.get(777).event());
    }

    @Test
    void versionsAreDeletedWithTheirKey() {
        tap.read(STATUS);
        tap.clock.advance(Duration.ofDays(7));
        tap.read(STATUS);
        tap.clock.advance(Duration.ofDays(7));
        tap.seen.prune();
        assertThat(tap.count("SELECT count(*) FROM version"))
                .as("sighted a week ago")
                .isEqualTo(1);

        tap.clock.advance(Duration.ofDays(1));
        tap.seen.prune();

        assertThat(tap.count("SELECT count(*) FROM version")).isZero();
        assertThat(Claim.of(tap.seen, event(STATUS))).isEqualTo(Claim.NEW);
    }

    private static List<Set<Kind>> kinds(List<VerdictChange> changes) {
        return changes.stream().map(VerdictChange::kinds).toList();
    }
}
