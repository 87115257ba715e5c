package io.tapsentinel.azure;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** The values that queries may filter by: those that TAP's answers have, in that case, and those that we write ourselves. */
final class FilterValues {

    /** Kinds of row in the health table. */
    static final Set<String> KINDS = Set.of("heartbeat", "hour");
    /** Values that no answer of TAP has: of the health table, of the functions, of Kusto's gettype(). */
    static final Set<String> OURS = Set.of("heartbeat", "hour", "Allow", "array", "complete", "equal, not swept yet");

    private static final Path SAMPLES = Path.of("src/test/resources/samples");

    private FilterValues() {}

    /** Every string in TAP's live answers, and the names of their arrays. */
    static Set<String> ofLiveAnswers() {
        JsonNode live = QueryFiles.json(SAMPLES.resolve("all-live.json"));
        Set<String> found = new HashSet<>();
        live.fieldNames().forEachRemaining(found::add);
        collect(live, found);
        return found;
    }

    private static void collect(JsonNode node, Set<String> found) {
        if (node.isTextual()) {
            found.add(node.textValue());
        }
        node.forEach(child -> collect(child, found));
    }
}
