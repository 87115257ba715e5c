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
 * Sends an empty array to each stream, which lets the endpoint check all but rows, and writes none. The first answer tells of the
 * rule, too: when that is refused, the others would say the same.
 */
final class RuleCheck implements Check {

    private static final String STREAM = "stream ";

    private final ConfigurationCheck configuration;
    private final BooleanSupplier reached;
    private final TokenCheck token;
    private final Function<Settings, Uploader> uploaders;

    /**
     * @param reached   whether the endpoint was
     * @param uploaders makes what sends as the program does
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
    public void look(Consumer<Finding> found) {
        if (!reached.getAsBoolean() || !token.isWell()) {
            String why = configuration.settings().isEmpty()
                    ? ConfigurationCheck.FIRST
                    : "endpoint and token have to be right first";
            found.accept(Finding.unknown(name(), why));
            found.accept(Finding.unknown("streams", why));
            return;
        }
        look(configuration.settings().orElseThrow(), found);
    }

    private void look(Settings settings, Consumer<Finding> found) {
        Uploader uploader = uploaders.apply(settings);
        Refused words = new Refused(settings, token.identity());
        List<String> left = streams(settings.healthTable());
        String first = left.remove(0);
        Optional<UploadException> refused = send(uploader, first);
        if (refused.filter(answer -> !Refused.isOfTheStream(answer)).isPresent()) {
            found.accept(Finding.wrong(name(), words.words(refused.get())));
            found.accept(Finding.unknown("streams", "the rule has to take rows first"));
            return;
        }
        found.accept(Finding.well(
                name(),
                settings.ruleId() + " is there"
                        + (settings.authenticate() ? ", and the identity has its role on it" : "")));
        found.accept(finding(first, refused, words));
        left.forEach(stream -> found.accept(finding(stream, send(uploader, stream), words)));
    }

    private static List<String> streams(boolean health) {
        Stream<TableSchema> events = Stream.of(EventType.values()).map(type -> TableSchema.of(type.table()));
        return new ArrayList<>((health ? Stream.concat(events, Stream.of(TableSchema.health())) : events)
                .map(TableSchema::stream)
                .toList());
    }

    private static Finding finding(String stream, Optional<UploadException> refused, Refused words) {
        return refused.map(answer -> Finding.wrong(STREAM + stream, words.words(answer)))
                .orElseGet(() -> Finding.well(STREAM + stream, "takes an empty array; no row was written"));
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
