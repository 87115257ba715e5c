package io.tapsentinel.event;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/** Valid TAP answers whose texts look like the surrounding JSON. Every text contains a marker. */
public final class NastyAnswers {

    /** Part of every text. */
    public static final String MARKER = "m4rker";

    private static final List<String> PIECES = List.of(
            "\\\"",
            "\\\\",
            "\\\\\\\"",
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "},{",
            "}],[{",
            "\\\"},{\\\"id\\\":\\\"stranger\\\"},{\\\"x\\\":\\\"",
            "\\\"}],\\\"clicksBlocked\\\":[{\\\"id\\\":\\\"stranger\\\"}]}",
            "null",
            " 5\\\" tall ",
            "\u00e9",
            "\u20ac",
            "\ud83d\ude00",
            "\\ud83d",
            "\\ude00",
            "\\u0000",
            "\\n",
            "/*",
            "'",
            "word");

    private final Random random;
    private int id;

    public NastyAnswers(Random random) {
        this.random = random;
    }

    /** One answer with one to four events of each type. */
    public byte[] next() {
        id = 0;
        StringBuilder answer = new StringBuilder("{\"queryEndTime\":\"2026-11-20T11:00:00Z\"");
        for (EventType type : EventType.values()) {
            answer.append(space()).append(",\"").append(type.arrayName()).append("\":[");
            int events = 1 + random.nextInt(4);
            for (int i = 0; i < events; i++) {
                answer.append(i == 0 ? "" : "," + space());
                if (type.isClick()) {
                    click(answer);
                } else {
                    message(answer);
                }
            }
            answer.append(space()).append("]");
        }
        return answer.append("}").append(space()).toString().getBytes(StandardCharsets.UTF_8);
    }

    private void click(StringBuilder answer) {
        answer.append("{\"id\":\"")
                .append(++id)
                .append("\",\"clickTime\":\"2026-11-20T11:30:00.000Z\",\"url\":")
                .append(text())
                .append(",\"classification\":\"phish\",\"campaignId\":null,\"recipient\":")
                .append(text())
                .append("}");
    }

    private void message(StringBuilder answer) {
        answer.append("{\"spamScore\":")
                .append(random.nextInt(100))
                .append(",\"threatsInfoMap\":[{\"threatID\":")
                .append(text())
                .append(",\"threatStatus\":\"active\"},{\"threatID\":\"t\",\"campaignID\":null}],\"subject\":")
                .append(text())
                .append(",\"impostorScore\":0.0,\"completelyRewritten\":false,\"id\":\"")
                .append(++id)
                .append("\",\"messageTime\":\"2026-11-20T11:30:00.000Z\",\"recipient\":[")
                .append(text())
                .append("],\"messageParts\":[{\"filename\":")
                .append(text())
                .append(",\"md5\":\"\"},{}],\"policyRoutes\":[]}");
    }

    private String text() {
        StringBuilder text = new StringBuilder("\"").append(MARKER);
        for (int pieces = random.nextInt(5); pieces > 0; pieces--) {
            text.append(PIECES.get(random.nextInt(PIECES.size())));
        }
        return text.append("\"").toString();
    }

    private String space() {
        return random.nextInt(3) == 0 ? "\n  " : "";
    }
}
