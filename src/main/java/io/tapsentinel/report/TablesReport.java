package io.tapsentinel.report;

import io.tapsentinel.event.HumanText;
import io.tapsentinel.sentinel.TableBacklog;
import io.tapsentinel.store.ledger.StoreFigures;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Tables that are suspended or catch up: the sentences of {@link TableBacklog}, in lines that fit a terminal. */
final class TablesReport {

    private static final int WIDTH = 100;

    private final StoreFigures figures;

    TablesReport(StoreFigures figures) {
        this.figures = figures;
    }

    /** A paragraph each; empty when there is none. */
    Optional<String> paragraphs() {
        List<String> lines = figures.tables().stream()
                .flatMap(table -> table.sentences(figures.at()).stream())
                .map(TablesReport::wrapped)
                .toList();
        return lines.isEmpty() ? Optional.empty() : Optional.of(String.join(System.lineSeparator(), lines));
    }

    /** How many events wait, and how many were withdrawn. */
    String counts() {
        return (figures.deferred() == 0
                        ? "no event"
                        : figures.tables().stream()
                                .filter(table -> table.deferred() > 0)
                                .map(table -> HumanText.count(table.deferred(), "event") + " of "
                                        + table.type().routeId().replace('-', ' '))
                                .collect(Collectors.joining(", ")))
                + (figures.withdrawn() == 0
                        ? ""
                        : "; " + HumanText.number(figures.withdrawn()) + " withdrawn, see gaps");
    }

    private static String wrapped(String text) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.split(" ")) {
            if (!line.isEmpty() && line.length() + 1 + word.length() > WIDTH) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return String.join(System.lineSeparator(), lines);
    }
}
