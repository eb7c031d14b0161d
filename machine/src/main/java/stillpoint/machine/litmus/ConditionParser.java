package stillpoint.machine.litmus;

import java.util.ArrayList;
import java.util.List;
import stillpoint.machine.litmus.Condition.And;
import stillpoint.machine.litmus.Condition.Equal;
import stillpoint.machine.litmus.Condition.Kind;
import stillpoint.machine.litmus.Condition.Not;
import stillpoint.machine.litmus.Condition.Or;
import stillpoint.machine.litmus.Condition.Proposition;
import stillpoint.machine.litmus.Condition.Same;
import stillpoint.machine.litmus.LitmusTest.Location;

/**
 * Reads a condition. {@code =>} binds loosest, then {@code \/}, then {@code /\}; {@code not} and
 * {@code ~} bind tightest. A test without a condition asks for nothing: {@code forall (true)}.
 */
final class ConditionParser {
  private ConditionParser() {}

  static Condition condition(Tokens tokens) throws LitmusError {
    if (tokens.atEnd()) {
      return new Condition(Kind.FORALL, new And(List.of()));
    }
    Kind kind = kind(tokens);
    Proposition proposition = implication(tokens);
    tokens.take(";");
    if (!tokens.atEnd()) {
      throw tokens.unexpected("the end of the condition");
    }
    return new Condition(kind, proposition);
  }

  private static Kind kind(Tokens tokens) throws LitmusError {
    if (tokens.take("exists")) {
      return Kind.EXISTS;
    }
    if (tokens.take("forall")) {
      return Kind.FORALL;
    }
    if (tokens.take("~") || tokens.take("not")) {
      tokens.require("exists");
      return Kind.NOT_EXISTS;
    }
    throw tokens.unexpected("exists, forall or ~exists");
  }

  private static Proposition implication(Tokens tokens) throws LitmusError {
    Proposition left = disjunction(tokens);
    return tokens.take("=>") ? new Or(List.of(new Not(left), implication(tokens))) : left;
  }

  private static Proposition disjunction(Tokens tokens) throws LitmusError {
    List<Proposition> all = new ArrayList<>(List.of(conjunction(tokens)));
    while (tokens.take("\\/")) {
      all.add(conjunction(tokens));
    }
    return all.size() == 1 ? all.getFirst() : new Or(all);
  }

  private static Proposition conjunction(Tokens tokens) throws LitmusError {
    List<Proposition> all = new ArrayList<>(List.of(negation(tokens)));
    while (tokens.take("/\\")) {
      all.add(negation(tokens));
    }
    return all.size() == 1 ? all.getFirst() : new And(all);
  }

  private static Proposition negation(Tokens tokens) throws LitmusError {
    if (tokens.take("not") || tokens.take("~")) {
      return new Not(negation(tokens));
    }
    if (tokens.take("(")) {
      Proposition inner = implication(tokens);
      tokens.require(")");
      return inner;
    }
    boolean named = !tokens.peekSecond().equals("=") && !tokens.peekSecond().equals("==");
    if (named && tokens.take("true")) {
      return new And(List.of());
    }
    if (named && tokens.take("false")) {
      return new Or(List.of());
    }
    return comparison(tokens);
  }

  private static Proposition comparison(Tokens tokens) throws LitmusError {
    Location location = LitmusParser.location(tokens);
    boolean differs = tokens.take("!=") || tokens.take("<>");
    if (!differs && !tokens.take("=") && !tokens.take("==")) {
      throw tokens.unexpected("'='");
    }
    Proposition equal = compared(location, tokens);
    return differs ? new Not(equal) : equal;
  }

  private static Proposition compared(Location location, Tokens tokens) throws LitmusError {
    boolean register =
        tokens.peek().startsWith("%")
            || tokens.peek().equals("[")
            || tokens.peekSecond().equals(":");
    return register
        ? new Same(location, LitmusParser.location(tokens))
        : new Equal(location, LitmusParser.value(tokens));
  }
}
