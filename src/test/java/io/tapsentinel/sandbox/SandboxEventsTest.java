package io.tapsentinel.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.tapsentinel.event.EventType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SandboxEventsTest {

    private static final Instant FROM = Instant.parse("2026-11-20T10:00:00Z");
    private static final Instant TO = FROM.plus(Duration.ofHours(1));

    @Test
    void sameSettingsGiveTheSameEvents() {
        SandboxSettings settings = SandboxSettings.defaults().eventsPerHour(500);
        List<SandboxEvent> once = list(settings, FROM, TO);
        List<SandboxEvent> again = list(settings, FROM, TO);
        assertThat(once).isEqualTo(again).hasSizeGreaterThan(300);
        for (int at = 0; at < once.size(); at++) {
            assertThat(TapFixture.json(once.get(at), 7)).isEqualTo(TapFixture.json(again.get(at), 7));
        }
    }

    @Test
    void adjacentWindowsTogetherHaveTheSameEvents() {
        SandboxSettings settings = SandboxSettings.defaults();
        List<SandboxEvent> pieces = new ArrayList<>();
        Instant from = FROM;
        for (Duration length : List.of(Duration.ofMillis(1_234), Duration.ofSeconds(77), Duration.ofMinutes(31))) {
            pieces.addAll(list(settings, from, from.plus(length).minusMillis(1)));
            from = from.plus(length);
        }
        pieces.addAll(list(settings, from, TO));
        assertThat(pieces).containsExactlyInAnyOrderElementsOf(list(settings, FROM, TO));
    }

    @Test
    void bothEndsOfAWindowAreInclusive() {
        SandboxSettings settings = SandboxSettings.defaults();
        SandboxEvent event = list(settings, FROM, TO).get(100);
        assertThat(list(settings, event.created(), event.created().plusSeconds(30)))
                .contains(event);
        assertThat(list(settings, event.created().minusSeconds(30), event.created()))
                .contains(event);
        assertThat(list(settings, event.created().plusMillis(1), event.created().plusSeconds(30)))
                .doesNotContain(event);
        assertThat(list(
                        settings,
                        event.created().minusSeconds(30),
                        event.created().minusMillis(1)))
                .doesNotContain(event);
    }

    @Test
    void otherSeedGivesOtherEvents() {
        Set<String> one = keys(list(SandboxSettings.defaults().seed(1), FROM, TO));
        Set<String> two = keys(list(SandboxSettings.defaults().seed(2), FROM, TO));
        assertThat(one).doesNotContainAnyElementsOf(two);
    }

    @Test
    void numberOfEventsDoesNotDependOnTheShareOfCopies() {
        for (double perHour : new double[] {0, 40, 2_000, 150_000, 600_000}) {
            for (double share : new double[] {0, 0.10, 1}) {
                SandboxSettings settings =
                        SandboxSettings.defaults().eventsPerHour(perHour).shareMultiRecipient(share);
                // similar numbers of events, so that the tolerance is comparable
                Duration time =
                        Duration.ofMinutes(perHour < 100 ? 6_000 : perHour < 10_000 ? 60 : perHour < 200_000 ? 2 : 1);
                double expected = perHour * time.toMinutes() / 60;
                long count =
                        list(settings, FROM, FROM.plus(time).minusMillis(1)).size();
                assertThat((double) count).isCloseTo(expected, within(expected * 0.07));
            }
        }
    }

    @Test
    void allTypesOccurAndKeysAreUnique() {
        List<SandboxEvent> events = list(SandboxSettings.defaults().eventsPerHour(5_000), FROM, TO);
        Map<EventType, Long> counts =
                events.stream().collect(Collectors.groupingBy(SandboxEvent::type, Collectors.counting()));
        assertThat(counts)
                .containsOnlyKeys(EventType.values())
                .allSatisfy((type, count) -> assertThat(count).isGreaterThan(300));
        assertThat(counts.get(EventType.MESSAGES_BLOCKED)).isGreaterThan(counts.get(EventType.MESSAGES_DELIVERED));
        assertThat(keys(events)).hasSameSizeAs(events);
    }

    @Test
    void messageToSeveralRecipientsIsAnEventForEach() {
        List<SandboxEvent> events = list(SandboxSettings.defaults().eventsPerHour(5_000), FROM, TO);
        Map<String, List<SandboxEvent>> byGuid = events.stream().collect(Collectors.groupingBy(SandboxEvent::guid));
        List<List<SandboxEvent>> several =
                byGuid.values().stream().filter(copies -> copies.size() > 1).toList();
        long messages = byGuid.values().stream()
                .filter(copies -> !copies.get(0).type().isClick())
                .count();
        assertThat((double) several.size() / messages).isCloseTo(0.10, within(0.01));
        assertThat(several).extracting(List::size).containsOnly(2, 3, 4).contains(2, 3, 4);
        List<String> unlike = List.of("recipient", "id");
        assertThat(several).allSatisfy(copies -> {
            assertThat(copies).extracting(SandboxEvent::recipient).doesNotHaveDuplicates();
            assertThat(copies)
                    .extracting(SandboxEvent::id)
                    .doesNotHaveDuplicates()
                    .doesNotContainNull();
            assertThat(copies)
                    .extracting(SandboxEvent::type)
                    .containsOnly(copies.get(0).type())
                    .allMatch(type -> !type.isClick());
            assertThat(copies)
                    .extracting(SandboxEvent::happened)
                    .containsOnly(copies.get(0).happened());
            assertThat(copies)
                    .extracting(copy -> TapFixture.tree(copy).remove(unlike))
                    .containsOnly(TapFixture.tree(copies.get(0)).remove(unlike));
        });
    }

    @Test
    void byDefaultATenthIsOneToTenMinutesLate() {
        List<SandboxEvent> events = list(SandboxSettings.defaults().eventsPerHour(5_000), FROM, TO);
        List<Duration> lags = events.stream()
                .map(event -> Duration.between(event.created(), event.visibleAt()))
                .toList();
        List<Duration> late = lags.stream()
                .filter(lag -> lag.compareTo(Duration.ofMinutes(1)) >= 0)
                .toList();
        assertThat((double) late.size() / events.size()).isCloseTo(0.10, within(0.01));
        assertThat(late).allSatisfy(lag -> assertThat(lag).isLessThanOrEqualTo(Duration.ofMinutes(10)));
        assertThat(late).anySatisfy(lag -> assertThat(lag).isGreaterThan(Duration.ofMinutes(9)));
        assertThat(lags.stream().filter(lag -> !late.contains(lag)))
                .allSatisfy(lag -> assertThat(lag).isBetween(Duration.ZERO, Duration.ofSeconds(20)));
    }

    @Test
    void lagIsConfigurable() {
        SandboxSettings settings =
                SandboxSettings.defaults().shareLate(1).lateLag(Duration.ofMinutes(29), Duration.ofMinutes(29));
        assertThat(list(settings, FROM, TO))
                .allSatisfy(event ->
                        assertThat(event.visibleAt()).isEqualTo(event.created().plus(Duration.ofMinutes(29))));
        assertThat(list(settings.shareLate(0).maxPromptLag(Duration.ZERO), FROM, TO))
                .allSatisfy(event -> assertThat(event.visibleAt()).isEqualTo(event.created()));
    }

    @Test
    void shareOfEventsWithoutIdIsConfigurable() {
        List<SandboxEvent> events =
                list(SandboxSettings.defaults().eventsPerHour(3_000).shareWithoutId(0.25), FROM, TO);
        assertThat(events.stream().filter(event -> event.id() == null).count() / (double) events.size())
                .isCloseTo(0.25, within(0.02));
        assertThat(keys(events)).hasSameSizeAs(events);
        assertThat(list(SandboxSettings.defaults(), FROM, TO))
                .extracting(SandboxEvent::id)
                .doesNotContainNull();
    }

    @Test
    void keyWithoutIdContainsTheGuid() {
        assertThat(SandboxEvent.truthKey(EventType.CLICKS_BLOCKED, "i", "g", "r"))
                .isEqualTo("clicksBlocked|i|r");
        assertThat(SandboxEvent.truthKey(EventType.CLICKS_BLOCKED, null, "g", "r"))
                .isEqualTo("clicksBlocked||r|g");
        assertThat(SandboxEvent.truthKey(EventType.CLICKS_BLOCKED, "", "g", "r"))
                .isEqualTo("clicksBlocked||r|g");
    }

    @Test
    void settingsOutOfBoundsAreNamed() {
        SandboxSettings settings = SandboxSettings.defaults();
        assertThatThrownBy(() -> settings.eventsPerHour(-1)).hasMessageContaining("eventsPerHour is -1.0");
        assertThatThrownBy(() -> settings.eventsPerHour(4e7)).hasMessageContaining("36000000");
        assertThatThrownBy(() -> settings.shareLate(1.5)).hasMessageContaining("shareLate is 1.5");
        assertThatThrownBy(() -> settings.shareDocumented(Double.NaN)).hasMessageContaining("shareDocumented");
        assertThatThrownBy(() -> settings.lateLag(Duration.ofMinutes(2), Duration.ofMinutes(1)))
                .hasMessageContaining("in order");
        assertThatThrownBy(() -> settings.marker("a b")).hasMessageContaining("marker");
    }

    static List<SandboxEvent> list(SandboxSettings settings, Instant from, Instant to) {
        List<SandboxEvent> events = new ArrayList<>();
        for (Iterator<SandboxEvent> all = new SandboxEvents(settings).between(from, to); all.hasNext(); ) {
            events.add(all.next());
        }
        return events;
    }

    private static Set<String> keys(List<SandboxEvent> events) {
        return events.stream()
                .map((Function<SandboxEvent, String>) SandboxEvent::truthKey)
                .collect(Collectors.toCollection(HashSet::new));
    }
}
