#!/usr/bin/env python3
"""A second evaluator for the property tier: what the lab computes, written again from the definitions, in another language and with another
arithmetic (fractions and decimal; time zones from zoneinfo). One question a line, fields between tabs; one answer a line. It shares
no table and no text with common/domain: the calculations are named, and stand here in words of their own."""
import ast
import datetime
import re
import sys
import zoneinfo
from decimal import Context, Decimal, ROUND_HALF_EVEN, ROUND_HALF_UP, localcontext
from fractions import Fraction
from math import isqrt

ROOT = Context(prec=30, rounding=ROUND_HALF_EVEN)      # roots and logarithms enter as the nearest decimal of 30 digits
BITS = 16384
CHARS = 60


class NoValue(Exception):
    pass


def fraction_of(d):
    return Fraction(d)


def divide(x, y):
    if y == 0:
        raise NoValue("division by zero")
    return x / y


def decimal_of(x):
    return Decimal(x.numerator) / Decimal(x.denominator)


def log2(x):
    if x <= 0:
        raise NoValue("log2 of zero or less")
    with localcontext() as c:
        c.prec = 90
        y = decimal_of(x).ln() / Decimal(2).ln()
    return Fraction(0) if x == 1 else fraction_of(ROOT.plus(y))


def sqrt(x):
    if x < 0:
        raise NoValue("square root of less than zero")
    n, d = isqrt(x.numerator), isqrt(x.denominator)
    if n * n == x.numerator and d * d == x.denominator:
        return Fraction(n, d)
    with localcontext() as c:
        c.prec = 90
        y = decimal_of(x).sqrt()
    return fraction_of(ROOT.plus(y))


def ceiling(x):
    return Fraction(-((-x.numerator) // x.denominator))


def mean(xs):
    return sum(xs, Fraction(0)) / len(xs)


def deviation(xs):
    if len(xs) < 2:
        raise NoValue("a standard deviation needs two values or more")
    m = mean(xs)
    return sqrt(sum(((x - m) ** 2 for x in xs), Fraction(0)) / (len(xs) - 1))


# --- rounding: half away from zero

def rounded(x, decimals):
    """x as text with so many decimals"""
    shift = Fraction(10) ** decimals
    whole = (2 * abs(x) * shift + 1) // 2
    if decimals <= 0:
        text = str(int(whole) * 10 ** -decimals)
    else:
        digits = str(int(whole)).rjust(decimals + 1, "0")
        text = digits[:-decimals] + "." + digits[-decimals:]
    return ("-" if x < 0 and whole != 0 else "") + text


def decimals_of(limit):
    return len(limit.partition(".")[2])


def significant_of(limit):
    return len(limit.lstrip("-").replace(".", "").lstrip("0"))


def significant(x, digits):
    if x == 0:
        return rounded(x, digits - 1)
    exponent = 0
    while abs(x) >= Fraction(10) ** (exponent + 1):
        exponent += 1
    while abs(x) < Fraction(10) ** exponent:
        exponent -= 1
    text = rounded(x, digits - 1 - exponent)
    if abs(Fraction(text)) >= Fraction(10) ** (exponent + 1):
        text = rounded(x, digits - 2 - exponent)
    return text


def reported(x, rule, limit):
    digits = significant_of(limit)
    return rounded(x, decimals_of(limit)) if rule == "usp" or digits == 0 else significant(x, digits)


def shown(compute, decimals):
    try:
        text = rounded(compute(), decimals)
    except NoValue as why:
        return str(why)
    return text if len(text) <= CHARS else "the value has more digits than the record holds"


# --- the calculations of a cell lab, by what they mean

def counted(cells, v):
    """cells over so many large squares of 1 mm x 1 mm x 0.1 mm: a ten-thousandth of a millilitre each"""
    return divide(cells, v("squares")) * v("dilution_factor") / Fraction(1, 10000)


def doubled(v):
    return log2(divide(v("tvc_harvested_cells"), v("cells_seeded")))


def replicates(v):
    return [v("conc_1"), v("conc_2"), v("conc_3")]


CALCULATIONS = {
    "dilution_factor": lambda v: divide(v("sample_ul") + v("diluent_ul"), v("sample_ul")),
    "viable_conc": lambda v: counted(v("n_live"), v),
    "total_conc": lambda v: counted(v("n_live") + v("n_dead"), v),
    "counter_conc": lambda v: divide(v("events"), v("analysed_ml")) * v("instrument_factor") * v("dilution_factor"),
    "viability_percent": lambda v: divide(v("n_live") * 100, v("n_live") + v("n_dead")),
    "tnc_cells": lambda v: v("volume_ml") * v("total_conc"),
    "tvc_cells": lambda v: v("volume_ml") * v("viable_conc"),
    "tvc_from_tnc_cells": lambda v: v("viability_percent") / 100 * v("tnc_cells"),
    "recovery_percent": lambda v: divide(v("tvc_out_cells"), v("tvc_in_cells")) * 100,
    "yield_percent": lambda v: divide(v("actual_cells"), v("theoretical_cells")) * 100,
    "yield_per_cm": lambda v: divide(v("tnc_cells"), v("length_cm")),
    "yield_per_ml": lambda v: divide(v("tnc_cells"), v("marrow_ml")),
    "yield_per_g": lambda v: divide(v("tnc_cells"), v("tissue_g")),
    "volume_reduction": lambda v: divide(v("volume_in_ml"), v("volume_out_ml")),
    "fold_concentration": lambda v: v("recovery_percent") * divide(v("volume_in_ml"), v("volume_out_ml")) / 100,
    "fold_of_concentrations": lambda v: divide(v("conc_out"), v("conc_in")),
    "doublings": doubled,
    "doubling_time_h": lambda v: divide(v("culture_h"), doubled(v)),
    "seeding_density": lambda v: divide(v("cells_seeded"), v("area_cm2")),
    "dose_per_kg": lambda v: divide(v("tvc_cells"), v("weight_kg")),
    "volume_to_draw_ml": lambda v: divide(v("weight_kg") * v("dose_per_kg"), v("viable_conc")),
    "containers_needed": lambda v: ceiling(divide(v("weight_kg") * v("dose_per_kg"), v("cells_per_container"))),
    "replicate_cv_percent": lambda v: divide(deviation(replicates(v)) * 100, mean(replicates(v))),
    "poisson_cv_percent": lambda v: divide(Fraction(100), sqrt(v("events"))),
    "post_thaw_recovery_percent": lambda v: divide(v("tvc_thawed_cells") * 100, v("tvc_frozen_cells")),
    "dmso_g": lambda v: Fraction(11, 10) * v("formulated_ml") * v("dmso_percent") / 100,
    "rcf_xg": lambda v: Fraction(1118, 10 ** 8) * v("radius_cm") * v("speed_rpm") ** 2,
    "rcf_difference_percent": lambda v: 100 * (divide(v("set_xg"), v("rcf_xg")) - 1),
    "endotoxin_limit_eu_ml": lambda v: divide(Fraction(5), divide(v("bolus_ml"), v("weight_kg"))),
    "endotoxin_intrathecal_limit_eu_ml": lambda v: divide(Fraction(1, 5), divide(v("bolus_ml"), v("weight_kg"))),
    "endotoxin_infusion_limit_eu_ml": lambda v: divide(Fraction(5), divide(v("rate_ml_h"), v("weight_kg"))),
    "endotoxin_dilution_max": lambda v: divide(v("endotoxin_limit_eu_ml"), v("lambda_eu_ml")),
}


def values_of(text):
    return {name.replace(".", "__"): Fraction(value) for name, _, value in (pair.partition("=") for pair in text.split(";") if pair)}


def calculate(name, decimals, inputs):
    given = values_of(inputs)
    return shown(lambda: CALCULATIONS[name](given.__getitem__), int(decimals))


# --- formulas as text, read by Python's own grammar

LISTS = {"min": min, "max": max, "sum": lambda xs: sum(xs, Fraction(0)), "mean": mean, "sd": deviation}
SINGLES = {"log2": log2, "sqrt": sqrt, "ceil": ceiling}


def bounded(x):
    if x.numerator.bit_length() > BITS or x.denominator.bit_length() > BITS:
        raise NoValue("the number grows beyond what a formula may hold")
    return x


def power(x, n):
    if n < 0 and x == 0:
        raise NoValue("division by zero")
    return x ** n


def evaluate(node, given):
    def value(n):
        return evaluate(n, given)
    if isinstance(node, ast.Constant):
        return Fraction(node.value)
    if isinstance(node, ast.Name):
        return given[node.id]
    if isinstance(node, ast.UnaryOp):
        return -value(node.operand)
    if isinstance(node, ast.Call):
        xs = [value(n) for n in node.args]
        return bounded(SINGLES[node.func.id](xs[0]) if node.func.id in SINGLES else LISTS[node.func.id](xs))
    if isinstance(node.op, ast.Pow):
        return bounded(power(value(node.left), int(ast.literal_eval(node.right))))
    x, y = value(node.left), value(node.right)
    if isinstance(node.op, ast.Add):
        return bounded(x + y)
    if isinstance(node.op, ast.Sub):
        return bounded(x - y)
    return bounded(x * y if isinstance(node.op, ast.Mult) else divide(x, y))


def as_python(token):
    exponent, literal, name = token.groups()
    return f"**({exponent})" if exponent else f"'{literal}'" if literal else name.replace(".", "__")


def formula(text, decimals, inputs):
    text = re.sub(r"\^ *(-?\d+)|(\d+(?:\.\d+)?)(?:\[[^\]]*\])?|([a-z_][a-z0-9_.]*)", as_python, text)
    tree = ast.parse(text.strip(), mode="eval").body
    return shown(lambda: evaluate(tree, values_of(inputs)), int(decimals))


# --- verdicts

HOLDS = {">=": lambda x, l, h: x >= l, "<=": lambda x, l, h: x <= l, ">": lambda x, l, h: x > l, "<": lambda x, l, h: x < l}


def conforms(x, op, rule, limit, high):
    if op == "between":
        return conforms(x, ">=", rule, limit, "") and conforms(x, "<=", rule, high, "")
    return HOLDS[op](Fraction(reported(x, rule, limit)), Fraction(limit), None)


def verdict(op, rule, limit, high, values):
    xs = [Fraction(x) for x in values.split(";")]
    passes = conforms(mean(xs), op, rule, limit, high) and all(conforms(x, op, rule, limit, high) for x in xs)
    return ("pass " if passes else "fail ") + reported(mean(xs), rule, limit)


def censored(op, limit, high, value, verdict_given):
    """whether a verdict over what is only known to lie below or above something may be given: USP's rounding, limits above zero"""
    below, x = value[0] == "<", Fraction(value[1:])
    half, low = Fraction(1, 2 * 10 ** decimals_of(limit)), Fraction(limit)
    top = Fraction(high) + Fraction(1, 2 * 10 ** decimals_of(high)) if op == "between" else low + half if op == "<=" else low - half
    bottom = low + half if op == ">" else low - half
    if op in ("<=", "<"):
        every, none = below and x <= max(top, low), not below and x >= top
    elif op == "between":
        every, none = False, x <= bottom if below else x >= top
    else:
        every, none = not below and x >= min(bottom, low), below and x <= bottom
    return "sound" if verdict_given == "cannot_evaluate" or every and verdict_given == "pass" or none and verdict_given == "fail" else \
        f"every {every} none {none}"


# --- charts

def spread(kind, decimals, values):
    xs = [Fraction(x) for x in values.split(";")]
    if len(xs) < 2:
        return "none"
    if kind == "levey_jennings":
        s = deviation(xs)
    else:
        s = mean([abs(y - x) for x, y in zip(xs, xs[1:])]) / Fraction("1.128379167095512574")
    s = rounded(s, int(decimals))
    return "none" if Fraction(s) == 0 else rounded(mean(xs), int(decimals)) + " " + s


def westgard(targets, values):
    limits = {level: (Fraction(m), Fraction(s)) for level, m, s in (re.split("[=/]", t) for t in targets.split(" "))}
    points = []
    for run, level, value in (v.split(":") for v in values.split(";")):
        m, s = limits[level]
        points.append((run, level, (Fraction(value) - m) / s if re.fullmatch(r"-?\d+(\.\d+)?", value) else None))
    answer = []
    for i, (run, level, z) in enumerate(points):
        past = [p[2] for p in points[: i + 1] if p[1] == level]
        others = [p[2] for k, p in enumerate(points) if k != i and p[0] == run and p[1] != level and p[2] is not None]

        def last(count, beyond):
            tail = past[-count:]
            return len(tail) == count and None not in tail and (all(t > beyond for t in tail) or all(t < -beyond for t in tail))

        if z is None:
            rule = "-"
        elif abs(z) > 3:
            rule = "1_3s"
        elif last(2, 2) or z > 2 and any(o > 2 for o in others) or z < -2 and any(o < -2 for o in others):
            rule = "2_2s"
        elif z > 2 and any(o < -2 for o in others) or z < -2 and any(o > 2 for o in others):
            rule = "R_4s"
        elif last(4, 1):
            rule = "4_1s"
        elif last(10, 0):
            rule = "10_x"
        else:
            rule = "1_2s" if abs(z) > 2 else "-"
        answer.append(rule + "/" + ("-" if z is None else rounded(z, 2)))
    return " ".join(answer)


# --- balances, identity, check characters

def balance(percent, least, entered, left):
    total = sum((Fraction(x) for x in entered.split(";")), Fraction(0))
    difference = total - sum((Fraction(x) for x in left.split(";")), Fraction(0))
    tolerance = max(abs(total) * Fraction(percent) / 100, Fraction(least))
    return f"{'closed' if abs(difference) <= tolerance else 'open'} {rounded(difference, 6)} {rounded(tolerance, 6)}"


def is_closed(percent, least, entered, left):
    return balance(percent, least, entered, left).partition(" ")[0]


def dose(cells, filled, given, weight):
    part = Fraction(cells) * Fraction(given) / Fraction(filled)
    return rounded(part, 0) + " " + rounded(part / Fraction(weight), 0)


def doublings(pairs):
    """of the last passage; and of all, as the logarithm of how many times the cells became more, which is no sum"""
    ratios = [Fraction(harvested) / Fraction(seeded) for harvested, _, seeded in (p.partition("/") for p in pairs.split(";"))]
    product = Fraction(1)
    for r in ratios:
        product *= r

    def text(x):
        return rounded(log2(x), 2) if x > 0 else "none"
    return text(ratios[-1]) + " " + text(product)


def profile(text):
    loci = {}
    for part in text.split(";"):
        name, _, alleles = part.partition(":")
        name = "amelogenin" if name.lower() in ("amel", "amelogenin") else name.lower()
        loci[name] = {a if a in "XY" else Fraction(a) for a in alleles.split(",") if a}
    return loci


def match(query, reference, with_sex):
    q, r = profile(query), profile(reference)
    both = [n for n in q if q[n] and r.get(n)]
    counted_loci = [n for n in both if with_sex == "1" or n != "amelogenin"]
    same = sum(len(q[n] & r[n]) for n in counted_loci)
    ours, theirs = sum(len(q[n]) for n in counted_loci), sum(len(r[n]) for n in counted_loci)

    def percent(part, whole):
        return rounded(Fraction(100 * part, whole), 1) if whole else "none"
    return f"{percent(2 * same, ours + theirs)} {percent(same, ours)} {percent(same, theirs)} {sum(q[n] == r[n] for n in both)}/{len(both)}"


def check_character(text):
    """ISO/IEC 7064: the sum of the values by their powers of two, with the check's own, is 1 modulo 37"""
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*"
    total = sum(alphabet.index(c) * pow(2, len(text) - i, 37) for i, c in enumerate(text))
    return next(k for k in alphabet if (total + alphabet.index(k)) % 37 == 1)


# --- calendars

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def days_end(zone, at_ms, months):
    """the last millisecond of the day that many calendar months later, in the facility's zone"""
    there = zoneinfo.ZoneInfo(zone)
    day = (EPOCH + datetime.timedelta(milliseconds=int(at_ms))).astimezone(there).date()
    year, month = divmod(day.year * 12 + day.month - 1 + int(months), 12)
    first = datetime.date(year + (month == 11), (month + 1) % 12 + 1, 1)        # of the month behind it
    later = min(datetime.date(year, month + 1, 1) + datetime.timedelta(days=day.day - 1), first - datetime.timedelta(days=1))
    midnight = datetime.datetime.combine(later + datetime.timedelta(days=1), datetime.time(), there)
    return str((midnight.astimezone(datetime.timezone.utc) - EPOCH) // datetime.timedelta(milliseconds=1) - 1)


def ordinal(year, day):
    """the day of that number within its year"""
    date = datetime.date(int(year), 1, 1) + datetime.timedelta(days=int(day) - 1)
    return date.isoformat() if int(day) > 0 and date.year == int(year) else "none"


def pack(yymmdd, now):
    """the year of two digits is the one from 49 before to 50 after this; day 00 is the month's last"""
    year = next(y for y in range(int(now) - 49, int(now) + 51) if y % 100 == int(yymmdd[:2]))
    month, day = int(yymmdd[2:4]), int(yymmdd[4:])
    if not 1 <= month <= 12:
        return "none"
    last = (datetime.date(year + month // 12, month % 12 + 1, 1) - datetime.timedelta(days=1)).day
    return f"{year:04d}-{month:02d}-{day or last:02d}" if day <= last else "none"


def years_later(ms, years):
    at = EPOCH + datetime.timedelta(milliseconds=int(ms))
    day = at.date()
    try:
        later = day.replace(year=day.year + int(years))
    except ValueError:
        later = datetime.date(day.year + int(years), 3, 1)
    return text_time(int(ms) + (later - day).days * 86400000)


def text_time(ms):
    at = EPOCH + datetime.timedelta(milliseconds=int(ms))
    return f"{at.year:04d}" + at.strftime("-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


QUESTIONS = {"calc": calculate, "text": formula, "round": lambda rule, x, limit: reported(Fraction(x), rule, limit), "verdict": verdict,
             "censored": censored, "spread": spread, "westgard": westgard, "balance": balance,
             "is_closed": is_closed, "dose": dose, "doublings": doublings, "str": match, "check": check_character,
             "days_end": days_end, "ordinal": ordinal, "time": text_time, "pack": pack, "years": years_later}

for line in sys.stdin:
    name, *fields = line.rstrip("\n").split("\t")
    print(QUESTIONS[name](*fields))
