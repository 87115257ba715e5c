package io.tapsentinel.sentinel.upload;

import io.tapsentinel.sentinel.schema.TableSchema;
import io.tapsentinel.tap.EventType;
import java.util.Arrays;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Takes out of a service's words what may be content of a record, since they go into logs, health and messages: what it quotes,
 * unless that is the name of a column or stream, addresses, URLs, and any piece of JSON.
 */
final class Quoting {

    private static final String OMITTED = "...";
    private static final Pattern JSON = Pattern.compile("[\\[{].*", Pattern.DOTALL);
    private static final Pattern QUOTED = Pattern.compile("(['\"`\u2018\u201c])(.*?)(['\"`\u2019\u201d])(?!\\p{L})", Pattern.DOTALL);
    private static final Pattern ADDRESS = Pattern.compile("\\S*(@|://|\\bwww\\.)\\S*|\\b\\d{1,3}(\\.\\d{1,3}){3}\\b");
    private static final Set<String> NAMES = Arrays.stream(EventType.values()).map(type -> TableSchema.of(type.table()))
            .flatMap(schema -> Stream.concat(Stream.of(schema.table(), schema.stream()), schema.columns().keySet().stream()))
            .collect(Collectors.toSet());

    private Quoting() {
    }

    /** The text without what it may quote of a record; three dots stand where something was. */
    static String without(String text) {
        String safe = QUOTED.matcher(text).replaceAll(found -> Matcher.quoteReplacement(found.group(1)
                + (NAMES.contains(found.group(2)) ? found.group(2) : OMITTED) + found.group(3)));
        return ADDRESS.matcher(JSON.matcher(safe).replaceAll(OMITTED)).replaceAll(OMITTED);
    }
}
