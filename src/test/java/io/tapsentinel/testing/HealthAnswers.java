package io.tapsentinel.testing;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Polls a program's health endpoint and keeps every different answer. */
public final class HealthAnswers implements AutoCloseable {

    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    private final int port;
    private final HttpRequest request;
    private final Set<String> all = new ConcurrentSkipListSet<>();
    private final ScheduledExecutorService asking = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "health");
        thread.setDaemon(true);
        return thread;
    });
    private volatile String last = "";

    private HealthAnswers(int port) {
        this.port = port;
        this.request = request("");
    }

    private HttpRequest request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/observe/health" + path + "?data=true"))
                .timeout(Duration.ofSeconds(5))
                .build();
    }

    public static HealthAnswers collect(int port) {
        HealthAnswers answers = new HealthAnswers(port);
        answers.asking.scheduleWithFixedDelay(answers::ask, 1_000, 300, TimeUnit.MILLISECONDS);
        return answers;
    }

    private void ask() {
        try {
            HttpResponse<String> response = CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
            last = response.statusCode() + " " + response.body();
            all.add(last);
        } catch (IOException e) {
            // not started yet, or stopped
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    /** The current answer. */
    public HttpResponse<String> now(String path) throws IOException, InterruptedException {
        HttpResponse<String> response = CLIENT.send(request(path), HttpResponse.BodyHandlers.ofString());
        all.add(response.statusCode() + " " + response.body());
        return response;
    }

    /** Waits until health is DOWN and the answer contains this text. */
    public void awaitDown(String with) {
        await("health is DOWN with " + with)
                .atMost(PackagedProgram.SOON)
                .until(
                        () -> last,
                        answer -> answer.startsWith("503 ") && answer.contains("DOWN") && answer.contains(with));
    }

    /** Waits until health is UP. */
    public void awaitUp() {
        await("health is UP").atMost(PackagedProgram.SOON).until(() -> last, answer -> answer.startsWith("200 "));
    }

    /** The last answer after its status; empty if there is none yet. */
    public String last() {
        return last;
    }

    /** All different answers. */
    public Set<String> all() {
        return all;
    }

    @Override
    public void close() {
        asking.shutdownNow();
    }
}
