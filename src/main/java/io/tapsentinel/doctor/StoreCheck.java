package io.tapsentinel.doctor;

import io.tapsentinel.app.Settings;
import io.tapsentinel.config.InvalidSettingException;
import io.tapsentinel.event.HumanText;
import io.tapsentinel.report.ReportSettings;
import io.tapsentinel.store.StoreException;
import io.tapsentinel.store.ledger.StoreLook;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Whether a start can use the store, and which tables it lists as suspended. Creates, changes and locks nothing. */
final class StoreCheck implements Check {

    /** Bytes for the store itself; answers in tap.spool may need more. */
    private static final long LEAST_FREE = 100_000_000;

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
    public void run(Consumer<Finding> found) {
        found.accept(finding());
        if (look != null) {
            look.tables()
                    .forEach(table -> table.sentences(clock.instant())
                            .ifPresent(text -> found.accept(
                                    table.suspended().isPresent()
                                            ? Finding.problem("suspended table", text)
                                            : Finding.ok("catching up", text))));
        }
    }

    /** What was read from the store; empty if it could not be read. */
    Optional<StoreLook> seen() {
        return Optional.ofNullable(look);
    }

    /** The settings used; empty if they are wrong. */
    Optional<ReportSettings> settings() {
        return Optional.ofNullable(settings);
    }

    private Finding finding() {
        try {
            settings = ReportSettings.of(properties);
        } catch (InvalidSettingException e) {
            return Finding.skipped(name(), ConfigurationCheck.INCOMPLETE);
        }
        try {
            look = StoreLook.at(settings.state(), settings.source(), clock.instant());
            return look.exists() ? ofStore() : ofPlace();
        } catch (StoreException e) {
            return Finding.problem(name(), e.getMessage());
        } catch (IOException e) {
            return Finding.problem(
                    name(), "state.url: the free disk space at " + settings.state() + " is unknown: " + e.getMessage());
        }
    }

    private Finding ofStore() throws IOException {
        Optional<String> refusal = look.refusal(configuration.settings().map(Settings::sourceIdentity));
        if (refusal.isPresent()) {
            return Finding.problem(name(), refusal.get());
        }
        // PostgreSQL has no file
        // PostgreSQL has no file
        if (look.file().isEmpty()) {
            return Finding.ok(name(), ofVersion());
        }
        Path file = look.file().get();
        if (!Files.isWritable(file) || !Files.isWritable(file.getParent())) {
            return Finding.problem(
                    name(), "state.url: " + file + " or its folder is not writable for this user; make both writable");
        }
        return withRoom(file, ofVersion());
    }

    private String ofVersion() {
        return look.place() + ", version " + look.version()
                + (look.isOlder() ? ", upgraded by the next start" : "")
                + (look.identity().isEmpty() ? ", no data of source " + settings.source() + " yet" : "")
                + look.holder().map(process -> ", in use by " + process).orElse("")
                + lacking();
    }

    /** Lost commits are no problem here: the program starts all the same. */
    private String lacking() {
        return look.lacking().map(what -> "; " + what).orElse("");
    }

    private Finding ofPlace() throws IOException {
        // PostgreSQL has no file
        if (look.file().isEmpty()) {
            return Finding.ok(name(), "no store yet in " + look.place() + "; the first start creates its tables");
        }
        Path there = look.file().get().getParent();
        while (!Files.exists(there)) {
            there = there.getParent();
        }
        if (!Files.isDirectory(there)) {
            return Finding.problem(
                    name(),
                    "state.url: cannot create " + look.place() + " because " + there
                            + " is not a folder; choose another location");
        }
        if (!Files.isWritable(there)) {
            return Finding.problem(
                    name(),
                    "state.url: cannot create " + look.place() + " because " + there
                            + " is not writable for this user; make it writable or choose another location");
        }
        return withRoom(there, "no store yet at " + look.place() + "; the first start creates it" + lacking());
    }

    private Finding withRoom(Path place, String text) throws IOException {
        long free = Files.getFileStore(place).getUsableSpace();
        return free < LEAST_FREE
                ? Finding.problem(
                        name(),
                        "state.url: only " + HumanText.bytes(free) + " free for " + look.place() + "; at least "
                                + HumanText.bytes(LEAST_FREE)
                                + " are required, and TAP's answers need space too (tap.spool)")
                : Finding.ok(name(), text + "; " + HumanText.bytes(free) + " free");
    }
}
