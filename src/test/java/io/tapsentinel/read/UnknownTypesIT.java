package io.tapsentinel.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.event.EventIdentity;
import io.tapsentinel.event.EventType;
import io.tapsentinel.sentinel.batch.RejectedLog;
import io.tapsentinel.sentinel.batch.RejectedRecord;
import io.tapsentinel.tap.answer.TapEventReader;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.SimulatedRun;
import io.tapsentinel.testing.StateFolder;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.camel.health.HealthCheck;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Arrays of types that TAP does not have yet. */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class UnknownTypesIT extends SimulatedRun {

    private static final String HELD = "\"messagesHeld\":[{\"id\":\"h1\",\"subject\":\"" + StateFolder.MARKER + "\"},"
            + "{\"GUID\":\"g\",\"messageTime\":\"2026-11-20T11:30:00Z\",\"recipient\":[\"a@x\"]},"
            + "{\"GUID\":\"g\",\"messageTime\":\"2026-11-20T11:30:00Z\",\"recipient\":[\"b@x\"]},{\"id\":\"h1\"}]";

    private final StateFolder state = services.state();

    @Test
    void knownTypesLandAndEachUnknownEventIsRejectedOnce() throws Exception {
        addToAnswers(HELD);
        RunningProgram program = services.start().poll();

        assertThat(services.rows()).isEqualTo(services.firstHour());
        assertThat(state.documents("rejected")).hasSize(3).allSatisfy(file -> {
            assertThat(file.getFileName().toString()).matches("messagesHeld-[0-9a-f]{32}-unknown-type\\.json");
            assertThat(StateFolder.permissions(file)).isEqualTo("rw-------");
            assertThat(StateFolder.json(file).get("reason")).isEqualTo("unknown-type");
            assertThat(StateFolder.json(file).get("type")).isEqualTo("messagesHeld");
        });
        assertThat(services.reads().get(0).counts().get("unknown"))
                .containsEntry("fetched", 4L)
                .containsEntry("rejected", 3L)
                .containsEntry("duplicate", 1L);
        assertThat(log.line("messagesHeld")).startsWith("WARN").contains("messagesHeld=3");
        assertThat(log.lines()).noneMatch(line -> line.contains(StateFolder.MARKER));
        HealthCheck.Result health = program.health("tap-storage");
        assertThat(health.getState()).isEqualTo(HealthCheck.State.UP);
        assertThat(health.getDetails())
                .containsEntry("status", "DEGRADED")
                .hasEntrySatisfying(
                        "tap.unknown-types",
                        names -> assertThat(names.toString())
                                .matches("messagesHeld, last at 12:00(:\\d\\d)? UTC")
                                .doesNotContain(StateFolder.MARKER));
    }

    @Test
    void rejectedEventIsNotStoredAgainAfterARestart() throws Exception {
        addToAnswers(HELD);
        services.start().poll().stop();
        for (Path file : state.documents("rejected")) {
            Files.delete(file);
        }
        services.clock().advance(Duration.ofMinutes(5));

        services.start().poll();

        assertThat(services.reads()).hasSize(2);
        assertThat(services.reads().get(1).counts().get("unknown"))
                .containsEntry("duplicate", 4L)
                .containsEntry("rejected", 0L);
        assertThat(state.documents("rejected")).isEmpty();
        assertThat(services.store().number("SELECT count(*) FROM seen WHERE stream = 'messagesHeld' AND rejected = 1"))
                .isEqualTo(3);
    }

    @Test
    void knownTypesLandAndTheWindowStaysDueWhenTheRestCannotBeStored() throws Exception {
        addToAnswers(HELD);
        services.with("tap.rejected.uri", "direct:nobody-is-there?block=false&failIfNoConsumers=true");
        RunningProgram program = services.start().poll();

        assertThat(services.reads()).isEmpty();
        assertThat(services.rows().size()).as("known types").isGreaterThan(30);
        assertThat(log.lines())
                .anyMatch(line -> line.contains("UTC failed, ")
                        && line.contains("tap.rejected.uri")
                        && line.contains("DirectConsumerNotAvailableException"));
        assertThat(log.lines())
                .noneMatch(line -> line.contains(StateFolder.MARKER) || line.contains("nobody-is-there"));

        program.poll();
        assertThat(services.rows()).doesNotHaveDuplicates();
    }

    @Test
    void unknownEventsAreHeldOneAtATime() throws Exception {
        try (WindowReadFixture fixture = new WindowReadFixture(services.folder().resolve("own"))) {
            Set<String> stored = new HashSet<>();
            int[] held = {0};
            RejectedLog log = record -> {
                stored.add(record.subject().key().toString());
                held[0] = Math.max(held[0], record.fields().size());
            };
            Unrouted types = new Unrouted(log, fixture.seen, fixture.clock);
            WindowRead read = fixture.read(WindowReadFixture.NOW);
            UnroutedElements unknown = types.of(read);
            int many = 10_000;

            read.events(new TapEventReader(() -> endless(many), WindowReadFixture.NOW, unknown), unknown)
                    .forEachRemaining(event -> {});
            read.commit();

            assertThat(stored).hasSize(many);
            assertThat(held[0]).isEqualTo(2);
            assertThat(fixture.committed.get(0).counts().get("unknown")).containsEntry("rejected", (long) many);
            assertThat(fixture.seen
                            .durable()
                            .contains("messagesHeld", EventIdentity.of("messagesHeld", Map.of("id", "9999"))))
                    .isTrue();
        }
    }

    @Test
    void thousandsOfUnknownTypesAreCountedTogetherAndTheFirstAreNamed() throws Exception {
        try (WindowReadFixture fixture = new WindowReadFixture(services.folder().resolve("own"))) {
            Unrouted types = new Unrouted(record -> {}, fixture.seen, fixture.clock);
            WindowRead read = fixture.read(WindowReadFixture.NOW);
            UnroutedElements unknown = types.of(read);
            for (int i = 1_999; i >= 1_000; i--) {
                unknown.unknown(
                        "array" + i, EventIdentity.of("array" + i, Map.of("id", "1")), false, Map.of("id", "1"));
            }
            unknown.end();

            assertThat(read.entry().counts()).containsOnlyKeys("unknown");
            assertThat(read.entry().counts().get("unknown")).containsEntry("rejected", 1_000L);
            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .contains("{array1000=1, array1001=1, ", "array1019=1} and 980 of other types;")
                    .doesNotContain("array1020");
            assertThat(types.recent().orElseThrow())
                    .contains("array1000", "array1019")
                    .doesNotContain("array1020");
        }
    }

    @Test
    void identityStaysTheSameOnceTheTypeIsKnown() {
        for (EventType type : EventType.values()) {
            Map<String, Object> click =
                    Map.of("GUID", "g", "clickTime", "2026-11-20T10:00:00Z", "url", "u", "recipient", "r");
            assertThat(EventIdentity.of(type.arrayName(), click)).isEqualTo(EventIdentity.of(type, click));
        }
    }

    @Test
    void nameOfARecordHasNoContent() {
        assertThat(RejectedRecord.unknown(
                        "messagesHeld",
                        EventIdentity.of("messagesHeld", Map.of("id", "1")),
                        false,
                        WindowReadFixture.NOW,
                        Map.of("subject", StateFolder.MARKER)))
                .asString()
                .contains("messagesHeld")
                .doesNotContain(StateFolder.MARKER);
    }

    /** An answer generated while it is read. */
    private static InputStream endless(int events) {
        return new SequenceInputStream(new Enumeration<>() {
            private int next = -1;

            @Override
            public boolean hasMoreElements() {
                return next <= events;
            }

            @Override
            public InputStream nextElement() {
                String part = next < 0
                        ? "{\"queryEndTime\":\"2026-11-20T11:59:00Z\",\"messagesHeld\":["
                        : next == events
                                ? "]}"
                                : (next == 0 ? "" : ",") + "{\"id\":\"" + next + "\",\"subject\":\"" + "s".repeat(200)
                                        + "\"}";
                next++;
                return new ByteArrayInputStream(part.getBytes(StandardCharsets.UTF_8));
            }
        });
    }

    /** Adds these members to the start of TAP's answers. */
    private void addToAnswers(String members) {
        services.tapProxy().rewriteText(answer -> "{" + members + "," + answer.substring(answer.indexOf('{') + 1));
    }
}
