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

    /** With so many events an hour, one in twenty without an id. */
    public ScriptedServices(double eventsPerHour, Duration history) throws IOException {
        this(SandboxSettings.defaults().eventsPerHour(eventsPerHour).shareWithoutId(0.05), history);
    }

    public ScriptedServices(SandboxSettings events, Duration history) throws IOException {
        this(events, history, Clock.systemUTC());
    }

    /** @param tapClock TAP's */
    public ScriptedServices(SandboxSettings events, Duration history, Clock tapClock) throws IOException {
        live = new LiveServices(events, history, tapClock);
        tap = new ScriptedServer(live.tapUri());
        sink = new ScriptedServer(live.sinkUri()).script(call -> this::store);
    }

    /** As {@link LiveServices#properties}, by way of the scripts. */
    public Map<String, String> properties() {
        Map<String, String> properties = live.properties();
        properties.put("tap.url", tap.uri().toString());
        properties.put("sentinel.endpoint", sink.uri().toString());
        properties.put("tap.poll.cron", "0/1 * * * * ?");
        properties.put("tap.budget.requests-per-day", "1000000");
        return properties;
    }

    /** A program with these properties, which keeps everything below this folder. */
    public PackagedProgram.Launch launch(Path folder) throws IOException {
        return PackagedProgram.in(folder).with(properties());
    }

    /** Lets an upload through. */
    public void store(ScriptedRequest upload) throws IOException, InterruptedException {
        upload.send(storeSilently(upload));
    }

    /** Lets an upload through and keeps the answer back. */
    public Answer storeSilently(ScriptedRequest upload) throws IOException, InterruptedException {
        List<Row> rows = StoredRecords.rows(upload);
        Answer answer = upload.forward();
        if (answer.status() == 204) {
            deliveries.stored(rows);
        }
        return answer;
    }

    /** How many events TAP has in the window that a request asks for. */
    public int eventsAskedFor(ScriptedRequest request) {
        Instant[] window = window(request);
        return live.truth(window[0], window[1]).size();
    }

    /** First and last instant of the window that a request asks for. */
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

    /** Returns how many records were stored more than once, all of which the store below a working directory lists. */
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
