package io.tapsentinel.packaged;

import static io.tapsentinel.testing.PackagedProgram.awaitSoon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.tapsentinel.testing.ListedEventsTap;
import io.tapsentinel.testing.LiveServices;
import io.tapsentinel.testing.PackagedProgram;
import io.tapsentinel.testing.ScriptedServices;
import io.tapsentinel.testing.StateFolder;
import io.tapsentinel.testing.StoredRecords;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A sink that refuses records by a rule that the program cannot know, and one that refuses all there is. */
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("full")
class RefusedRecordsIT extends PackagedFixture {

    private static final int EVENTS = 500;
    private static final Duration SOON = Duration.ofSeconds(60);
    /** As many uploads as two minutes bring with pauses of up to a second. */
    private static final int UPLOADS = 150;

    private static final String CODE = "InvalidRecord";

    private final ListedEventsTap tap = new ListedEventsTap();
    private PackagedProgram.Launch launch;
    private StateFolder state;

    @BeforeEach
    void prepare() throws IOException {
        launch = PackagedProgram.in(folder)
                .tableOptions(
                        "batchRecords: " + EVENTS, "lingerMs: 5000", "retryBackoffMs: 20", "retryBackoffMaxMs: 50");
        state = new StateFolder(launch.work().resolve("state"));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void recordsThatAreRefusedLieAsideWithTheirReasonAndLandOnceTheyAreAccepted(int bad) throws Exception {
        List<String> ids = tap.addClicks(EVENTS);
        // as a hash would spread them
        Set<String> refused = Set.copyOf(ids.stream().sorted().toList().subList(EVENTS / 2, EVENTS / 2 + bad));
        AtomicBoolean accepts = new AtomicBoolean();
        AtomicInteger largest = new AtomicInteger();
        ScriptedServices services = open(new ScriptedServices(2_000, Duration.ofMinutes(30)));
        services.tap().script(call -> tap::on);
        services.sink().script(call -> upload -> {
            largest.accumulateAndGet(StoredRecords.rows(upload).size(), Math::max);
            String body = new String(upload.body(), StandardCharsets.UTF_8);
            if (!accepts.get() && refused.stream().anyMatch(body::contains)) {
                SinkFault.refuse(upload, 400, CODE, "");
            } else {
                services.store(upload);
            }
        });
        PackagedProgram program = open(launch.with(services.properties()).start());
        program.awaitMatches(LiveServices.COMMITTED, 2);
        assertThat(largest).as("records in the first batch").hasValue(EVENTS);
        assertThat(services.deliveries().distinct()).as("landed").isEqualTo(EVENTS - bad);
        assertThatTheyLieAside(refused);

        accepts.set(true);
        state.replayRejected();
        awaitSoon(
                "replayed records land",
                () -> services.deliveries().distinct() == EVENTS
                        && state.files("replay/done").size() == bad);
        assertThat(state.rejectedFiles()).as("left aside").isEmpty();
        assertThat(services.deliveries().duplicates()).as("twice").isEmpty();
    }

    @Test
    void aSinkThatRefusesEverythingForManyUploadsLosesNothingAndNothingIsRejected() throws Exception {
        tap.addClicks(200);
        AtomicBoolean accepts = new AtomicBoolean();
        ScriptedServices services = open(new ScriptedServices(2_000, Duration.ofMinutes(30)));
        services.tap().script(call -> tap::on);
        services.sink().script(call -> upload -> {
            if (accepts.get()) {
                services.store(upload);
            } else {
                SinkFault.refuse(upload, 400, CODE, "");
            }
        });
        PackagedProgram program = open(launch.with(services.properties()).start());
        program.health().awaitDown(CODE);
        int before = services.sink().requests();
        await("nothing is rejected, health stays DOWN")
                .atMost(SOON)
                .failFast(
                        "rejected, committed, or not DOWN any more",
                        () -> !state.rejectedFiles().isEmpty()
                                || !program.found(LiveServices.COMMITTED).isEmpty()
                                || !program.health().last().startsWith("503 "))
                .until(() -> services.sink().requests() >= before + UPLOADS);
        assertThat(program.health().last()).contains(CODE);

        accepts.set(true);
        awaitSoon("all land", () -> services.deliveries().distinct() == 200);
        program.awaitCommitted();
        program.health().awaitUp();
        assertThat(state.rejectedFiles()).as("rejected").isEmpty();
        assertThat(services.deliveries().duplicates()).as("twice").isEmpty();
    }

    private void assertThatTheyLieAside(Set<String> refused) throws IOException {
        assertThat(state.rejected())
                .extracting(document -> document.path("record").path("id").asText())
                .as("ids of what lies aside")
                .containsExactlyInAnyOrderElementsOf(refused);
        for (JsonNode document : state.rejected()) {
            assertThat(document.path("reason").asText()).isEqualTo("refused");
            assertThat(document.path("code").asText()).isEqualTo(CODE);
            assertThat(document.path("text").asText()).isEqualTo("The test refuses");
            assertThat(document.path("table").asText()).isEqualTo("ProofPointTAPClicksBlockedV2_CL");
            assertThat(document.path("key").asText()).matches("[0-9a-f]{32}");
            assertThat(document.path("time").asText()).endsWith("Z");
        }
    }
}
