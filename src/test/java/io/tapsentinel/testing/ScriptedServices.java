package io.tapsentinel.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.sandbox.SandboxSettings;
import io.tapsentinel.testing.ScriptedRequest.Answer;
import io.tapsentinel.testing.StoredRecords.Row;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@link LiveServices} behind two {@link ScriptedServer}s, with a log of what was stored. */
public final class ScriptedServices implements AutoCloseable {

    private static final Pattern INTERVAL = Pattern.compile("interval=([^/%&]+)(?:/|%2F)([^&]+)");

    private final LiveServices live;
    private final ScriptedServer tap;
    private final ScriptedServer sink;
    private final StoredRecords deliveries = new StoredRecords();

    /** One in twenty events has no id. */
    public ScriptedServices(double eventsPerHour, Duration history) throws IOException {
        this(SandboxSettings.defaults().eventsPerHour(eventsPerHour).shareWithoutId(0.05), history);
    }

    public ScriptedServices(SandboxSettings events, Duration history) throws IOException {
        this(events, history, Clock.systemUTC());
    }

    /** @param tapClock TAP's clock */
    public ScriptedServices(SandboxSettings events, Duration history, Clock tapClock) throws IOException {
        live = new LiveServices(events, history, tapClock);
        tap = new ScriptedServer(live.tapUri());
        sink = new ScriptedServer(live.sinkUri()).script(call -> this::store);
    }

    /** Like {@link LiveServices#properties}, through the scripts. */
    public Map<String, String> properties() {
        Map<String, String> properties = live.properties();
        properties.put("tap.url", tap.uri().toString());
        properties.put("sentinel.endpoint", sink.uri().toString());
        properties.put("tap.poll.cron", "0/1 * * * * ?");
        properties.put("tap.budget.requests-per-day", "1000000");
        return properties;
    }

    /** A program with these properties in this folder. */
    public PackagedProgram.Launch launch(Path folder) throws IOException {
        return PackagedProgram.in(folder).with(properties());
    }

    /** Forwards an upload. */
    public void store(ScriptedRequest upload) throws IOException, InterruptedException {
        upload.send(storeSilently(upload));
    }

    /** Forwards an upload and returns its answer without sending it. */
    public Answer storeSilently(ScriptedRequest upload) throws IOException, InterruptedException {
        List<Row> rows = StoredRecords.rows(upload);
        Answer answer = upload.forward();
        if (answer.status() == 204) {
            deliveries.stored(rows);
        }
        return answer;
    }

    /** Number of TAP's events in the request's window. */
    public int eventsAskedFor(ScriptedRequest request) {
        Instant[] window = window(request);
        return live.truth(window[0], window[1]).size();
    }

    /** Start and end of the request's window. */
    public static Instant[] window(ScriptedRequest request) {
        Matcher interval = INTERVAL.matcher(request.target().replace("%3A", ":"));
        if (!interval.find()) {
            throw new IllegalArgumentException("no interval in a request to TAP");
        }
        return new Instant[] {Instant.parse(interval.group(1)), Instant.parse(interval.group(2))};
    }

    /** The services behind the scripts. */
    public LiveServices live() {
        return live;
    }

    public ScriptedServer tap() {
        return tap;
    }

    public ScriptedServer sink() {
        return sink;
    }

    public StoredRecords deliveries() {
        return deliveries;
    }

    /** Asserts that the store lists all duplicates; returns their number. */
    public int assertThatDuplicatesAreListed(Path work) throws IOException, SQLException {
        Set<Row> duplicates = deliveries.duplicates().keySet();
        Set<Row> unlisted = new HashSet<>(duplicates);
        try (StoreCopy store = StoreCopy.of(work)) {
            unlisted.removeAll(store.possibleDuplicates());
        }
        assertThat(unlisted).as("twice and not listed").isEmpty();
        return duplicates.size();
    }

    @Override
    public void close() throws IOException {
        tap.close();
        sink.close();
        live.close();
    }
}
