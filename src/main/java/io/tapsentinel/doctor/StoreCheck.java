package io.tapsentinel.doctor;

import io.tapsentinel.app.Settings;
import io.tapsentinel.config.InvalidSettingException;
import io.tapsentinel.report.ReportSettings;
import io.tapsentinel.store.StoreException;
import io.tapsentinel.store.ledger.StoreLook;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Whether a start could use the store, and which tables are suspended according to it. Makes, changes and locks nothing. */
final class StoreCheck implements Check {

    /** One answer of TAP's may take more than that while it is read. */
    private static final long LEAST_FREE = 100_000_000;

    private static final double GIGABYTE = 1e9;

    private final Map<String, String> properties;
    private final ConfigurationCheck configuration;
    private final Clock clock;
    private StoreLook look;
    private ReportSettings settings;

    StoreCheck(Map<String, String> properties, ConfigurationCheck configuration, Clock clock) {
        this.properties = properties;
        this.configuration = configuration;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "store";
    }

    @Override
    public void look(Consumer<Finding> found) {
        found.accept(finding());
        if (look != null) {
            look.tables()
                    .forEach(table -> table.sentences(clock.instant())
                            .ifPresent(words -> found.accept(
                                    table.suspended().isPresent()
                                            ? Finding.wrong("suspended table", words)
                                            : Finding.well("catching up", words))));
        }
    }

    /** What is there; empty when that is not known. */
    Optional<StoreLook> seen() {
        return Optional.ofNullable(look);
    }

    /** With which settings it was looked at; empty when they are wrong. */
    Optional<ReportSettings> settings() {
        return Optional.ofNullable(settings);
    }

    private Finding finding() {
        try {
            settings = ReportSettings.of(properties);
        } catch (InvalidSettingException e) {
            return Finding.unknown(name(), ConfigurationCheck.FIRST);
        }
        try {
            look = StoreLook.at(settings.state(), settings.source(), clock.instant());
            return look.exists() ? ofStore() : ofPlace();
        } catch (StoreException e) {
            return Finding.wrong(name(), e.getMessage());
        } catch (IOException e) {
            return Finding.wrong(
                    name(),
                    "state.url: the disk of " + settings.state() + " cannot be asked for its free space: "
                            + e.getMessage());
        }
    }

    private Finding ofStore() throws IOException {
        Optional<String> refusal = look.refusal(configuration.settings().map(Settings::sourceIdentity));
        if (refusal.isPresent()) {
            return Finding.wrong(name(), refusal.get());
        }
        if (look.file().isEmpty()) {
            return Finding.well(name(), ofVersion());
        }
        Path file = look.file().get();
        if (!Files.isWritable(file) || !Files.isWritable(file.getParent())) {
            return Finding.wrong(
                    name(),
                    "state.url: " + file + " and its folder have to be writable for this user, and one of them is not");
        }
        return withRoom(file, ofVersion());
    }

    private String ofVersion() {
        return look.place() + ", version " + look.version()
                + (look.isOlder() ? ", which a start brings up to date" : "")
                + (look.identity().isEmpty() ? ", which knows no source " + settings.source() + " yet" : "")
                + look.holder().map(process -> ", in use by " + process).orElse("")
                + lacking();
    }

    /** No reason to keep a program from starting, which goes on with what there is. */
    private String lacking() {
        return look.lacking().map(what -> "; " + what).orElse("");
    }

    private Finding ofPlace() throws IOException {
        if (look.file().isEmpty()) {
            return Finding.well(name(), "there is none yet in " + look.place() + "; the first start makes its tables");
        }
        Path there = look.file().get().getParent();
        while (!Files.exists(there)) {
            there = there.getParent();
        }
        if (!Files.isDirectory(there)) {
            return Finding.wrong(
                    name(),
                    "state.url: " + look.place() + " cannot be made, since " + there
                            + " is no folder; name another place");
        }
        if (!Files.isWritable(there)) {
            return Finding.wrong(
                    name(),
                    "state.url: " + look.place() + " cannot be made, since " + there
                            + " cannot be written by this user; make it writable or name another place");
        }
        return withRoom(there, "there is none yet at " + look.place() + "; the first start makes it" + lacking());
    }

    private Finding withRoom(Path place, String words) throws IOException {
        long free = Files.getFileStore(place).getUsableSpace();
        return free < LEAST_FREE
                ? Finding.wrong(
                        name(),
                        "state.url: only " + megabytes(free) + " MB are free for " + look.place() + "; "
                                + megabytes(LEAST_FREE)
                                + " MB are the least that can do, and answers of TAP need room too (tap.spool)")
                : Finding.well(name(), words + String.format(Locale.ROOT, "; %.1f GB are free", free / GIGABYTE));
    }

    private static long megabytes(long bytes) {
        return bytes / 1_000_000;
    }
}
