package io.tapsentinel.testing;

import io.tapsentinel.event.EventType;
import io.tapsentinel.testing.ScriptedRequest.Answer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/** TAP, simulated, with the records that a test lists. All are of one instant, 15 minutes ago; credentials are not checked. */
public final class ListedEventsTap {

    private final Map<String, List<String>> arrays = new LinkedHashMap<>();
    private final Instant time = Instant.now().minus(Duration.ofMinutes(15)).truncatedTo(ChronoUnit.SECONDS);

    /** A record with these fields besides id and times, as JSON without braces; returns its id. */
    public synchronized String add(String array, String fields) {
        String id = UUID.nameUUIDFromBytes(
                        (array + arrays.getOrDefault(array, List.of()).size()).getBytes())
                .toString();
        String happened = array.startsWith("clicks") ? "clickTime" : "messageTime";
        arrays.computeIfAbsent(array, unused -> new ArrayList<>())
                .add("{\"id\":\"" + id + "\",\"" + happened + "\":\"" + time + "\""
                        + (fields.isEmpty() ? "" : "," + fields) + "}");
        return id;
    }

    /** So many clicks with little in them; returns their ids. */
    public List<String> addClicks(int count) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add(add("clicksBlocked", "\"url\":\"https://" + LiveServices.MARKER + i + ".example.com\""));
        }
        return ids;
    }

    public void on(ScriptedRequest request) throws IOException {
        request.send(answer(request));
    }

    private static boolean asksFor(ScriptedRequest request, String array) {
        String path = request.target().split("\\?", 2)[0];
        return path.endsWith("/all")
                || EventType.ofArray(array)
                        .filter(type -> path.endsWith('/' + type.path()))
                        .isPresent();
    }

    private synchronized Answer answer(ScriptedRequest request) {
        Instant[] window = ScriptedServices.window(request);
        boolean covers = !time.isBefore(window[0]) && !time.isAfter(window[1]);
        String rows = !covers
                ? ""
                : arrays.entrySet().stream()
                        .filter(array -> asksFor(request, array.getKey()))
                        .map(array -> ",\"" + array.getKey() + "\":[" + String.join(",", array.getValue()) + "]")
                        .collect(Collectors.joining());
        return Answer.of(200, "application/json", "{\"queryEndTime\":\"" + window[1] + "\"" + rows + "}");
    }
}
