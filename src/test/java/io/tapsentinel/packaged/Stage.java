package io.tapsentinel.packaged;

import io.tapsentinel.packaged.Call.Answer;
import io.tapsentinel.packaged.Landings.Row;
import io.tapsentinel.sandbox.SandboxSettings;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Both services behind servers that do what a script says, and what was stored. */
final class Stage implements AutoCloseable {

    private static final Pattern INTERVAL = Pattern.compile("interval=([^/%&]+)(?:/|%2F)([^&]+)");

    private final Services services;
    private final ScriptedServer tap;
    private final ScriptedServer sink;
    private final Landings landings = new Landings();

    Stage(SandboxSettings.Builder events, Duration history) throws IOException {
        this(events, history, Clock.systemUTC());
    }

    /** @param tapClock TAP's */
    Stage(SandboxSettings.Builder events, Duration history, Clock tapClock) throws IOException {
        services = new Services(events, history, tapClock);
        tap = new ScriptedServer(services.tapUri());
        sink = new ScriptedServer(services.sinkUri()).script(call -> this::store);
    }

    /** As {@link Services#properties}, by way of the scripts. */
    Map<String, String> properties() {
        Map<String, String> properties = services.properties();
        properties.put("tap.url", tap.uri().toString());
        properties.put("sentinel.endpoint", sink.uri().toString());
        properties.put("tap.poll.cron", "0/1 * * * * ?");
        properties.put("tap.budget.requests-per-day", "1000000");
        return properties;
    }

    /** Lets an upload through. */
    void store(Call upload) throws IOException, InterruptedException {
        upload.send(storeSilently(upload));
    }

    /** Lets an upload through and keeps the answer back. */
    Answer storeSilently(Call upload) throws IOException, InterruptedException {
        List<Row> rows = Landings.rows(upload);
        Answer answer = upload.forward();
        if (answer.status() == 204) {
            landings.stored(rows);
        }
        return answer;
    }

    /** How many events TAP has in the window that a request asks for. */
    int eventsAskedFor(Call request) {
        Instant[] window = window(request);
        return services.truth(window[0], window[1]).size();
    }

    /** First and last instant of the window that a request asks for. */
    static Instant[] window(Call request) {
        Matcher interval = INTERVAL.matcher(request.target().replace("%3A", ":"));
        if (!interval.find()) {
            throw new IllegalArgumentException("no interval in a request to TAP");
        }
        return new Instant[] {Instant.parse(interval.group(1)), Instant.parse(interval.group(2))};
    }

    Services services() {
        return services;
    }

    ScriptedServer tap() {
        return tap;
    }

    ScriptedServer sink() {
        return sink;
    }

    Landings landings() {
        return landings;
    }

    @Override
    public void close() throws IOException {
        tap.close();
        sink.close();
        services.close();
    }
}
