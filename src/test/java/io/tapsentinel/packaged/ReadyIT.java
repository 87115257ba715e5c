package io.tapsentinel.packaged;

import static io.tapsentinel.testing.PackagedProgram.awaitSoon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.testing.LiveServices;
import io.tapsentinel.testing.PackagedProgram;
import io.tapsentinel.testing.ScriptedRequest.Answer;
import io.tapsentinel.testing.ScriptedServices;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Ready means that TAP has answered; it is asked as soon as the program has started. */
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ReadyIT extends PackagedFixture {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String WHOLE = "";
    private static final String READY = "/ready";
    private static final String LIVE = "/live";

    private ScriptedServices services;

    private PackagedProgram.Launch launch;

    @BeforeEach
    void prepare() throws Exception {
        services = open(new ScriptedServices(600, Duration.ofMinutes(20)));
        launch = services.launch(folder)
                .with("tap.poll.cron", "0 0 0 1 1 ? 2099")
                .with("tap.sweep.cron", "0 0 0 1 1 ? 2099");
    }

    @Test
    void itIsNotReadyUntilTapFirstAnswersAndSaysWhy() throws Exception {
        CountDownLatch head = new CountDownLatch(1);
        CountDownLatch body = new CountDownLatch(1);
        services.tap().next(request -> {
            Answer answer = request.forward();
            head.await();
            OutputStream out = request.head(answer);
            out.flush();
            body.await();
            out.write(answer.body());
            out.flush();
            request.answered();
        });
        PackagedProgram program = open(launch.start());
        awaitSoon("TAP is asked", () -> services.tap().requests() == 1);
        for (String path : new String[] {WHOLE, READY}) {
            HttpResponse<String> answer = program.health().now(path);
            assertThat(answer.statusCode()).as(path).isEqualTo(503);
            assertThat(answer.body())
                    .as(path)
                    .contains("no request to TAP since the start: the first one has no answer yet");
        }
        assertThat(program.health().now(LIVE).statusCode()).isEqualTo(200);

        head.countDown();
        awaitStatus(program, 200);
        assertThat(program.found(LiveServices.COMMITTED)).isEmpty();

        body.countDown();
        program.awaitCommitted();
        services.live().assertThatAllCommittedLandedOnce(program);
        program.awaitLine("Sentinel accepts");
        assertThat(program.lines())
                .filteredOn(line -> line.contains("TAP answered") || line.contains("Sentinel accepts"))
                .as("a line each")
                .hasSize(2);
    }

    @Test
    @Tag("full")
    void aRestartWithinAMinuteOfTheLastRequestWaitsAndSaysHowLong() throws Exception {
        try (PackagedProgram first = launch.start()) {
            first.awaitCommitted();
            first.kill();
        }
        int asked = services.tap().requests();
        PackagedProgram second = open(launch.start());
        second.awaitLine("Sentinel accepts");
        awaitSoon(
                "it says until when",
                () -> second.health()
                        .now(READY)
                        .body()
                        .matches("(?s).*no request to TAP since the start: the previous one was less than 60 s ago,"
                                + " the next is due at \\d\\d:\\d\\d(:\\d\\d)? UTC.*"));
        assertThat(second.health().now(READY).statusCode()).isEqualTo(503);
        assertThat(services.tap().requests()).isEqualTo(asked);
    }

    private static void awaitStatus(PackagedProgram program, int status) {
        await("ready answers " + status).atMost(SOON).until(() -> {
            try {
                return program.health().now(READY).statusCode() == status;
            } catch (IOException e) {
                return false;
            }
        });
    }
}
