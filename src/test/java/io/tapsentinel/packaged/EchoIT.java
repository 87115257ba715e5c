package io.tapsentinel.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.testing.FreePort;
import io.tapsentinel.testing.Http;
import io.tapsentinel.testing.LiveServices;
import io.tapsentinel.testing.PackagedProgram;
import io.tapsentinel.testing.ScriptedRequest;
import io.tapsentinel.testing.ScriptedServices;
import io.tapsentinel.testing.StoredRecords;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two services that echo what they were sent in every part of an answer; none of it may be shown anywhere. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("full")
class EchoIT extends PackagedFixture {

    private static final int[] STATUSES = {500, 400, 404, 429, 403, 401, 503};
    private static final String PAIR = LiveServices.PRINCIPAL + ":" + LiveServices.SECRET;
    private static final String CONTENT = "'Overdue " + LiveServices.MARKER + "' https://" + LiveServices.MARKER
            + ".example/ " + LiveServices.MARKER + "@example.com \u001b[31m";
    /** Answers of each status, and some that are not HTTP. */
    private static final int FORMS = 5;

    private static final String[] SECRETS = {LiveServices.SECRET, PAIR, LiveServices.authorization(LiveServices.SECRET)
    };

    private final AtomicInteger echoes = new AtomicInteger();

    @Test
    void nothingThatTheServicesEchoIsShown() throws Exception {
        ScriptedServices services = open(new ScriptedServices(600, Duration.ofMinutes(30)));
        int kinds = STATUSES.length * FORMS;
        services.tap().script(call -> echoes.get() < kinds ? this::echo : step -> step.send(step.forward()));
        AtomicInteger uploads = new AtomicInteger();
        services.sink()
                .script(call -> uploads.getAndIncrement() < kinds
                        ? step -> answer(
                                step,
                                uploads.get(),
                                StoredRecords.rows(step).isEmpty() ? "Denied" : LiveServices.MARKER)
                        : services::store);
        int page = FreePort.next();
        int management = FreePort.next();
        PackagedProgram.Launch launch = services.launch(folder)
                .with("tap.retry.pauses", "none")
                .with("tap.rest.throttled", "PT1S")
                .with("tap.rest.credentials", "PT1S")
                .with("camel.server.enabled", "true")
                .with("camel.server.port", String.valueOf(page))
                .with("camel.management.port", String.valueOf(management))
                .tableOptions("lingerMs: 500", "retryBackoffMs: 100", "retryBackoffMaxMs: 200")
                .debugLog();
        StringBuilder shown = new StringBuilder();
        try (PackagedProgram program = launch.start()) {
            program.awaitThat("TAP has repeated everything", () -> {
                shown.append(get(page, "/status.json")).append(get(management, "/observe/health?data=true"));
                return echoes.get() >= kinds;
            });
            program.awaitThat("Sentinel has, too", () -> {
                shown.append(get(page, "/status.json")).append(get(management, "/observe/health?data=true"));
                return uploads.get() >= kinds;
            });
            shown.append(get(management, "/observe/metrics"));
            for (String command : new String[] {"status", "gaps", "doctor", "possible-duplicates", "rejected"}) {
                try (PackagedProgram look = launch.start(command)) {
                    look.awaitExit();
                    shown.append(look.output());
                }
            }
            program.awaitCommitted();
            program.signal("TERM");
            program.awaitExit();
            shown.append(program.output());
        }

        assertThat(shown)
                .contains(
                        "TAP answered 400",
                        "TAP answered 401",
                        "Sentinel answered 400",
                        "Sentinel answered 403",
                        " DEBUG i.t.")
                .contains("bad credentials for sp:******");
        for (String secret : LiveServices.NEVER_SHOWN) {
            assertThat(shown.indexOf(secret))
                    .as(() -> "in: "
                            + shown.substring(Math.max(0, shown.indexOf(secret) - 300), shown.indexOf(secret) + 100))
                    .isNegative();
        }
        assertThat(shown.indexOf("\u001b")).as("control characters").isNegative();
    }

    private void echo(ScriptedRequest call) throws IOException {
        answer(call, echoes.getAndIncrement(), LiveServices.MARKER);
    }

    /** One of all kinds. @param code a word of what was sent, if anything was */
    private static void answer(ScriptedRequest call, int number, String code) throws IOException {
        int status = STATUSES[number % STATUSES.length];
        String secret = SECRETS[number % SECRETS.length];
        String words = "bad credentials for sp:" + secret + " " + CONTENT;
        int form = number / STATUSES.length % FORMS;
        if (form == FORMS - 1) {
            call.write(broken(number % STATUSES.length, secret, words.replace("\u001b", "")));
            return;
        }
        String body = switch (form) {
            case 0 -> words;
            case 1 ->
                "{\"error\":{\"code\":\"" + code + " " + secret + "\",\"message\":\""
                        + words.replace("\u001b", "\\u001b") + "\"}}";
            case 2 -> "<html><title>" + words + "</title></html>";
            default -> "";
        };
        call.write(
                "HTTP/1.1 " + status + " " + words.replace("\u001b", "") + "\r\nX-Echo: " + words.replace("\u001b", "")
                        + "\r\nx-ms-request-id: " + secret + "\r\nx-ms-error-code: " + code
                        + "\r\nContent-Length: " + body.getBytes(StandardCharsets.ISO_8859_1).length
                        + "\r\nConnection: close\r\n\r\n" + body);
    }

    /** Answers that a client cannot read, or only in part. */
    private static String broken(int kind, String secret, String words) {
        String ok = "HTTP/1.1 200 OK\r\n";
        return switch (kind) {
            case 0 -> words + "\r\n\r\n";
            case 1 -> ok + "Transfer-Encoding: chunked\r\n\r\n{\"subject\": \"" + words + "\"}";
            case 2 -> ok + "Content-Encoding: " + words + "\r\nContent-Length: 2\r\n\r\n{}";
            case 3 -> ok + words.replace(":", "") + "\r\nContent-Length: 2\r\n\r\n{}";
            case 4 -> ok + "Content-Length: " + words + "\r\n\r\n{}";
            case 5 -> ok + "Transfer-Encoding: " + words + "\r\n\r\n{}";
            default -> {
                // so that its end lies beyond the part of an error that is read
                String start = "bad credentials for sp:";
                String body =
                        start + " ".repeat(65_536 + 3 - start.length() - secret.length()) + secret + " ".repeat(40_000);
                yield "HTTP/1.1 401 X\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
            }
        };
    }

    private static String get(int port, String path) {
        try {
            return Http.get(port, path).body();
        } catch (IOException e) {
            // not there yet
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }
}
