package io.tapsentinel.healthtable;

import io.tapsentinel.Program;
import io.tapsentinel.config.Settings;
import io.tapsentinel.routes.RouteFiles;
import io.tapsentinel.sentinel.upload.Uploader;
import io.tapsentinel.state.LedgerEntry;
import io.tapsentinel.state.SeenKeys;
import io.tapsentinel.state.Store;
import io.tapsentinel.tap.TapEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.camel.builder.RouteBuilder;

/** A program that tells the workspace when a test says so, filters all blocked clicks, and counts right or wrong. */
final class HealthTableProgram extends Program {

    private final Settings settings;
    private final Clock clock;
    private final RefusingSink sink;
    private final boolean countsRejected;
    private volatile HealthTable table;

    /** @param countsRejected the mistake that what was put aside counts as a row */
    HealthTableProgram(
            Settings settings,
            Map<String, String> properties,
            Clock clock,
            Consumer<LedgerEntry> committed,
            RefusingSink sink,
            boolean countsRejected) {
        super(settings, properties, clock, committed);
        this.settings = settings;
        this.clock = clock;
        this.sink = sink;
        this.countsRejected = countsRejected;
    }

    HealthTable table() {
        return table;
    }

    @Override
    protected RouteBuilder telling(Store store, HealthTable made) {
        table = made;
        return new RouteBuilder() {
            @Override
            public void configure() {
                // the test says when
            }
        };
    }

    @Override
    protected Uploader uploader() {
        return sink.before(super.uploader());
    }

    @Override
    protected SeenKeys seenKeys(Store store) {
        return new SeenKeys(store, settings.keysInMemory(), settings.updates(), clock) {
            @Override
            public void rejected(TapEvent event) {
                if (countsRejected) {
                    super.delivered(0, List.of(event));
                } else {
                    super.rejected(event);
                }
            }
        };
    }

    @Override
    protected Path routesFolder() {
        Path folder = settings.spool().resolveSibling("routes");
        try {
            Files.createDirectories(folder);
            for (Map.Entry<String, String> file : RouteFiles.packaged().texts().entrySet()) {
                Files.writeString(
                        folder.resolve(file.getKey()),
                        file.getValue()
                                .replaceFirst(
                                        "(uri: direct:before-clicks-blocked\\s+steps:\\s+)- choice: \\{}",
                                        "$1- to: direct:filtered"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return folder;
    }
}
