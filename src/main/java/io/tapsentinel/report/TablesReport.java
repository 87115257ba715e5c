package io.tapsentinel.report;

import io.tapsentinel.event.HumanText;
import io.tapsentinel.store.ledger.StoreFigures;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Suspended tables and tables that catch up, as sentences wrapped for a terminal. */
final class TablesReport {

    private static final int WIDTH = 100;

    private final StoreFigures figures;

    TablesReport(StoreFigures figures) {
        this.figures = figures;
    }

    /** One paragraph per table; empty if there are none. */
    Optional<String> paragraphs() {
        List<String> lines = figures.tables().stream()
                .flatMap(table -> table.sentences(figures.at()).stream())
                .map(TablesReport::wrapped)
                .toList();
        return lines.isEmpty() ? Optional.empty() : Optional.of(String.join(System.lineSeparator(), lines));
    }

    /** The number of deferred and withdrawn events. */
    String counts() {
        return (figures.deferred() == 0
                        ? "none"
                        : figures.tables().stream()
                                .filter(table -> table.deferred() > 0)
                                .map(table -> HumanText.count(table.deferred(), "event") + " of "
                                        + table.type().routeId().replace('-', ' '))
                                .collect(Collectors.joining(", ")))
                + (figures.withdrawn() == 0
                        ? ""
                        : "; " + HumanText.number(figures.withdrawn()) + " withdrawn (see the command gaps)");
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
