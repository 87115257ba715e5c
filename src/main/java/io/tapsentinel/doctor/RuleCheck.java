package io.tapsentinel.doctor;

import io.tapsentinel.app.Settings;
import io.tapsentinel.event.EventType;
import io.tapsentinel.sentinel.schema.TableSchema;
import io.tapsentinel.sentinel.upload.UploadException;
import io.tapsentinel.sentinel.upload.Uploader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Sends an empty array to each stream: the endpoint checks token, rule, role and stream and writes no row. If the first answer
 * refuses the rule, the other streams are not tried.
 */
final class RuleCheck implements Check {

    private static final String STREAM = "stream ";

    private final ConfigurationCheck configuration;
    private final BooleanSupplier reached;
    private final TokenCheck token;
    private final Function<Settings, Uploader> uploaders;

    /**
     * @param reached   whether the endpoint answered
     * @param uploaders makes the program's uploader
     */
    RuleCheck(
            ConfigurationCheck configuration,
            BooleanSupplier reached,
            TokenCheck token,
            Function<Settings, Uploader> uploaders) {
        this.configuration = configuration;
        this.reached = reached;
        this.token = token;
        this.uploaders = uploaders;
    }

    @Override
    public String name() {
        return "rule";
    }

    @Override
    public void run(Consumer<Finding> found) {
        if (!reached.getAsBoolean() || !token.isOk()) {
            String why = configuration.settings().isEmpty()
                    ? ConfigurationCheck.INCOMPLETE
                    : "skipped until endpoint and token are OK";
            found.accept(Finding.skipped(name(), why));
            found.accept(Finding.skipped("streams", why));
            return;
        }
        run(configuration.settings().orElseThrow(), found);
    }

    private void run(Settings settings, Consumer<Finding> found) {
        Uploader uploader = uploaders.apply(settings);
        Refused refusals = new Refused(settings, token.identity());
        List<String> left = streams(settings.healthTable());
        String first = left.remove(0);
        Optional<UploadException> refused = send(uploader, first);
        if (refused.filter(answer -> !Refused.isOfTheStream(answer)).isPresent()) {
            found.accept(Finding.problem(name(), refusals.explain(refused.get())));
            found.accept(Finding.skipped("streams", "skipped until the rule accepts data"));
            return;
        }
        found.accept(Finding.ok(
                name(),
                settings.ruleId() + " found"
                        + (settings.authenticate() ? ", and the identity has the required role" : "")));
        found.accept(finding(first, refused, refusals));
        left.forEach(stream -> found.accept(finding(stream, send(uploader, stream), refusals)));
    }

    private static List<String> streams(boolean health) {
        Stream<TableSchema> events = Stream.of(EventType.values()).map(type -> TableSchema.of(type.table()));
        return new ArrayList<>((health ? Stream.concat(events, Stream.of(TableSchema.health())) : events)
                .map(TableSchema::stream)
                .toList());
    }

    private static Finding finding(String stream, Optional<UploadException> refused, Refused refusals) {
        return refused.map(answer -> Finding.problem(STREAM + stream, refusals.explain(answer)))
                .orElseGet(() -> Finding.ok(STREAM + stream, "accepts an empty array; no row was written"));
    }

    private static Optional<UploadException> send(Uploader uploader, String stream) {
        try {
            uploader.upload(stream, Uploader.noRecords());
            return Optional.empty();
        } catch (UploadException e) {
            return Optional.of(e);
        }
    }
}
