package io.tapsentinel.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.sandbox.SandboxSettings;
import io.tapsentinel.testing.ListedEventsTap;
import io.tapsentinel.testing.LiveServices;
import io.tapsentinel.testing.PackagedProgram;
import io.tapsentinel.testing.ScriptedServices;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What changes or differs at TAP while the program runs. */
@Timeout(value = 150, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("full")
class SourceChangesIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration BEHIND = Duration.ofMinutes(2);

    @TempDir
    Path folder;

    @Test
    void aSecretThatIsRotatedInItsFileNeedsNoRestart() throws Exception {
        String rotated = LiveServices.SECRET + "-rotated";
        AtomicReference<String> valid = new AtomicReference<>(LiveServices.SECRET);
        ListedEventsTap tap = new ListedEventsTap();
        tap.addClicks(10);
        Path file = Files.writeString(folder.resolve("secret"), LiveServices.SECRET + "\n");
        try (ScriptedServices services = new ScriptedServices(SandboxSettings.defaults(), Duration.ofMinutes(30))) {
            services.tap()
                    .script(request -> request.header("authorization").equals(basic(valid.get()))
                            ? tap::on
                            : call -> call.send(401, "Service principal or secret is not valid"));
            PackagedProgram.Launch launch = services.launch(folder)
                    .without("tap.secret")
                    .with("tap.secret-file", file.toString())
                    .with("tap.rest.credentials", "PT1S");
            try (PackagedProgram program = launch.start()) {
                program.awaitLine(LiveServices.COMMITTED, SOON);
                valid.set(rotated);
                tap.addClicks(10);
                program.health().awaitDown("401", SOON);
                Files.writeString(file, rotated + "\n");

                await("it goes on with the new secret")
                        .atMost(SOON)
                        .until(() -> services.deliveries().distinct() == 20);
                program.health().awaitUp(SOON);
                assertThat(program.isAlive()).isTrue();
                assertThat(services.deliveries().duplicates()).as("twice").isEmpty();
            }
        }
    }

    @Test
    void aClockTwoMinutesAheadOfTapsIsSaidAndLosesNothing() throws Exception {
        Clock behind = Clock.offset(Clock.systemUTC(), BEHIND.negated());
        try (ScriptedServices services = new ScriptedServices(
                SandboxSettings.defaults().seed(71).eventsPerHour(3_000).shareWithoutId(0.05),
                Duration.ofMinutes(30),
                behind)) {
            services.tap()
                    .script(request -> call -> call.send(call.forward()
                            .with(
                                    "date",
                                    DateTimeFormatter.RFC_1123_DATE_TIME.format(
                                            behind.instant().atZone(ZoneOffset.UTC)))));
            try (PackagedProgram program = services.launch(folder).start()) {
                program.awaitLine("(?i)WARN.*clock.*ahead", SOON);
                program.awaitMatches(LiveServices.COMMITTED, 2, SOON);
                assertThat(program.found(LiveServices.COMMITTED))
                        .as("ends of windows that TAP has answered")
                        .allSatisfy(window ->
                                assertThat(Instant.parse(window.group(2))).isBefore(behind.instant()));
                int events = services.live().assertThatAllCommittedLandedOnce(program);
                System.out.printf("clock %s ahead of TAP's: said, 0 of %d events lost, 0 twice%n", BEHIND, events);
            }
        }
    }

    private static String basic(String secret) {
        return "Basic "
                + Base64.getEncoder()
                        .encodeToString((LiveServices.PRINCIPAL + ':' + secret).getBytes(StandardCharsets.UTF_8));
    }
}
