package io.tapsentinel.packaged;

import static io.tapsentinel.testing.PackagedProgram.awaitSoon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.sandbox.SandboxSettings;
import io.tapsentinel.testing.ListedEventsTap;
import io.tapsentinel.testing.LiveServices;
import io.tapsentinel.testing.PackagedProgram;
import io.tapsentinel.testing.ScriptedServices;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What changes or differs at TAP while the program runs. */
@Timeout(value = 150, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("full")
class SourceChangesIT extends PackagedFixture {

    private static final Duration BEHIND = Duration.ofMinutes(2);

    @Test
    void aSecretThatIsRotatedInItsFileNeedsNoRestart() throws Exception {
        String rotated = LiveServices.SECRET + "-rotated";
        AtomicReference<String> valid = new AtomicReference<>(LiveServices.SECRET);
        ListedEventsTap tap = new ListedEventsTap();
        tap.addClicks(10);
        Path file = Files.writeString(folder.resolve("secret"), LiveServices.SECRET + "\n");
        ScriptedServices services = open(new ScriptedServices(2_000, Duration.ofMinutes(30)));
        services.tap()
                .script(request -> request.header("authorization").equals(LiveServices.authorization(valid.get()))
                        ? tap::on
                        : call -> call.send(401, "Service principal or secret is not valid"));
        PackagedProgram.Launch launch = services.launch(folder)
                .without("tap.secret")
                .with("tap.secret-file", file.toString())
                .with("tap.rest.credentials", "PT1S");
        PackagedProgram program = open(launch.start());
        program.awaitCommitted();
        valid.set(rotated);
        tap.addClicks(10);
        program.health().awaitDown("401");
        Files.writeString(file, rotated + "\n");

        awaitSoon("it goes on with the new secret", () -> services.deliveries().distinct() == 20);
        program.health().awaitUp();
        assertThat(program.isAlive()).isTrue();
        assertThat(services.deliveries().duplicates()).as("twice").isEmpty();
    }

    @Test
    void aClockTwoMinutesAheadOfTapsIsSaidAndLosesNothing() throws Exception {
        Clock behind = Clock.offset(Clock.systemUTC(), BEHIND.negated());
        ScriptedServices services = open(new ScriptedServices(
                SandboxSettings.defaults().eventsPerHour(3_000).shareWithoutId(0.05), Duration.ofMinutes(30), behind));
        services.tap()
                .script(request -> call -> call.send(call.forward()
                        .with(
                                "date",
                                DateTimeFormatter.RFC_1123_DATE_TIME.format(
                                        behind.instant().atZone(ZoneOffset.UTC)))));
        PackagedProgram program = open(services.launch(folder).start());
        program.awaitLine("(?i)WARN.*clock.*ahead");
        program.awaitMatches(LiveServices.COMMITTED, 2);
        assertThat(program.found(LiveServices.COMMITTED))
                .as("ends of windows that TAP has answered")
                .allSatisfy(window -> assertThat(Instant.parse(window.group(2))).isBefore(behind.instant()));
        services.live().assertThatAllCommittedLandedOnce(program);
    }

    /** TAP counts every request, so nothing below the program may send one again by itself. */
    @ParameterizedTest
    @ValueSource(ints = {429, 503})
    void aRefusalCostsOneRequest(int status) throws Exception {
        ScriptedServices services = open(new ScriptedServices(2_000, Duration.ofMinutes(50)));
        services.tap().script(call -> request -> request.send(status, ""));
        PackagedProgram.Launch launch =
                services.launch(folder).with("tap.poll.cron", "0/5 * * * * ?").without("tap.retry.pauses");
        PackagedProgram program = open(launch.start());
        program.awaitLine("not committed.*TAP answered " + status, Duration.ofSeconds(60));
        // well after the second that the HTTP client would wait, well before the next poll
        await("no second request")
                .during(Duration.ofSeconds(2))
                .atMost(Duration.ofSeconds(3))
                .until(() -> services.tap().requests()
                        == program.found("not committed.*TAP answered " + status)
                                .size());
        assertThat(services.tap().requests()).isPositive();
    }
}
